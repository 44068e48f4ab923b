import type { Logger } from "../core/logger.ts";
import { printLine } from "./printable.ts";

/** A logger that remembers. */
export interface TerminalLogger extends Logger {
  /** Every warning so far. */
  readonly warnings: readonly string[];
}

/** Warnings, each once, and notices on stderr, clear of the progress line. */
export function terminalLogger(stopProgress: () => void, quiet: boolean): TerminalLogger {
  const warnings: string[] = [];
  const print = (prefix: string) => (message: string) => {
    stopProgress();
    printLine(`${prefix}${message}`);
  };
  const silent = () => {};
  const warn = print("warning: ");
  return {
    warnings,
    debug: silent,
    info: quiet ? silent : print(""),
    warn(message) {
      if (warnings.includes(message)) return;
      warnings.push(message);
      warn(message);
    },
    error: print("error: "),
  };
}

import type { Logger } from "../core/logger.ts";
import { printLine } from "./printable.ts";

/** Warnings and notices on stderr, clear of the progress line; debug messages only where they were asked for. */
export function terminalLogger(stopProgress: () => void, quiet: boolean): Logger {
  const print = (prefix: string) => (message: string) => {
    stopProgress();
    printLine(`${prefix}${message}`);
  };
  const silent = () => {};
  return {
    debug: silent,
    info: quiet ? silent : print(""),
    warn: print("warning: "),
    error: print("error: "),
  };
}

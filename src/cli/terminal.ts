import type { RunOptions } from "../core/progress.ts";
import type { OutputFlags } from "./shared-options.ts";
import { type TerminalLogger, terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";

/** What a command's work tells the terminal, and is told by it. */
export interface TerminalRun extends Required<RunOptions> {
  readonly logger: TerminalLogger;
  /** Ends the progress line: before anything is printed on stdout. */
  readonly stopProgress: () => void;
}

/** Does a command's work with a progress line and messages on stderr. */
export async function withTerminal<T>(
  { quiet = false }: OutputFlags,
  signal: AbortSignal,
  work: (run: TerminalRun) => Promise<T>,
): Promise<T> {
  const { onProgress, stop } = terminalProgress(quiet);
  const logger = terminalLogger(stop, quiet);
  try {
    return await work({ onProgress, signal, logger, stopProgress: stop });
  } finally {
    stop();
  }
}

/** Receives the messages of a library call. Nothing is printed unless one is passed in. */
export interface Logger {
  /** For debugging. */
  debug(message: string): void;
  /** Progress, in a sentence. */
  info(message: string): void;
  /** What works but may surprise. */
  warn(message: string): void;
  /** What went wrong although the work goes on. */
  error(message: string): void;
}

/** Discards everything. */
export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};

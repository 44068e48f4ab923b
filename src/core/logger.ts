/** Where a library call reports what a person may want to know. Nothing is printed unless one is passed in. */
export interface Logger {
  /** For whoever looks for a fault. */
  debug(message: string): void;
  /** What is being done, in a sentence. */
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

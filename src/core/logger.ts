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

/** A logger that passes everything on, and the warnings so far, each once. */
export function rememberWarnings(to: Logger = silentLogger): {
  readonly logger: Logger;
  readonly warnings: ReadonlySet<string>;
} {
  const warnings = new Set<string>();
  const logger: Logger = {
    debug: (message) => to.debug(message),
    info: (message) => to.info(message),
    warn(message) {
      warnings.add(message);
      to.warn(message);
    },
    error: (message) => to.error(message),
  };
  return { logger, warnings };
}

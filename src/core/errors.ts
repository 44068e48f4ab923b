/**
 * The three failures a caller can act on. The CLI prints their message without a stack and exits with 2; anything
 * else is a bug and exits with 1. Each message says what was found, what was expected and what to do.
 */

/** Details of an error besides its message. */
export interface UserErrorOptions extends ErrorOptions {
  /** The options that would resolve it, by their names in the library. */
  readonly remedies?: readonly string[] | undefined;
}

/** The caller can fix it: a wrong option, a missing file, photos that cannot be used. */
export class InputError extends Error {
  override readonly name = "InputError";
  readonly remedies: readonly string[];

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options);
    this.remedies = options.remedies ?? [];
  }
}

/** A file is not what it claims to be. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  /** The file, as the caller named it. */
  readonly path: string;
  /** Byte offset at which reading failed, where one is known. */
  readonly offset: number | undefined;
  readonly remedies: readonly string[] = [];

  constructor(path: string, problem: string, options: ErrorOptions & { offset?: number } = {}) {
    const at = options.offset === undefined ? "" : ` (at byte ${options.offset})`;
    super(`${path}: ${shorten(problem)}${at}`, options);
    this.path = path;
    this.offset = options.offset;
  }
}

/** Longer ones quote what a damaged file holds. */
const LONGEST_PROBLEM = 1000;

function shorten(problem: string): string {
  return problem.length <= LONGEST_PROBLEM ? problem : `${problem.slice(0, LONGEST_PROBLEM)}…`;
}

/** This machine cannot do what was asked for: no such device, no codec, too little memory. */
export class CapabilityError extends Error {
  override readonly name = "CapabilityError";
  readonly remedies: readonly string[];

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options);
    this.remedies = options.remedies ?? [];
  }
}

/** True for the errors a user can do something about. */
export function isUserError(error: unknown): error is InputError | FormatError | CapabilityError {
  return error instanceof InputError || error instanceof FormatError || error instanceof CapabilityError;
}

/** Throws a plain `Error` (a bug, not a user's mistake) when `condition` is false. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${message}`);
}

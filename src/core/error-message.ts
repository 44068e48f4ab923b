import { CapabilityError, InputError, isUserError } from "./errors.ts";

/** An error as one process or thread tells another of it. */
export interface ErrorMessage {
  readonly message: string;
  readonly remedies?: readonly string[] | undefined;
  readonly kind: "capability" | "input" | "bug";
}

/** What the other side gets for each kind; a `FormatError`'s message already names its file. */
const ERRORS = { capability: CapabilityError, input: InputError, bug: Error } as const;

/** What is told of an error. */
export function errorMessage(error: unknown): ErrorMessage {
  const kind = error instanceof CapabilityError ? "capability" : isUserError(error) ? "input" : "bug";
  const message = error instanceof Error ? error.message : String(error);
  return { message, kind, remedies: isUserError(error) ? error.remedies : undefined };
}

/** The error that was told of. */
export function errorOf({ kind, message, remedies }: ErrorMessage): Error {
  return new ERRORS[kind](message, { remedies });
}

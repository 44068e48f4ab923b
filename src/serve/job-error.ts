import { CapabilityError, isUserError } from "../core/errors.ts";
import type { JobError } from "./job.ts";

/** The reason of work that stops because the server does. */
export class Parked extends Error {
  override readonly name = "Parked";

  constructor() {
    super("the server is stopping");
  }
}

/** The reason of work that took longer than allowed. */
export class RanTooLong extends Error {
  override readonly name = "RanTooLong";

  constructor(seconds: number) {
    super(
      `the job took longer than the ${seconds} s that are allowed: fewer photos, or fewer pairs of them, take less`,
    );
  }
}

/** What a client is told of an error: all of it where it is about its photos, nothing of a bug's insides. */
export function jobError(error: unknown): JobError {
  if (error instanceof RanTooLong) return { kind: "time", message: error.message };
  if (error instanceof CapabilityError) return { kind: "machine", message: error.message };
  if (isUserError(error)) return { kind: "input", message: error.message };
  return {
    kind: "bug",
    message: "dust3r failed on these photos: that is a fault of the program, and the server's log says more",
  };
}

import fc from "fast-check";
import type { FuzzTarget } from "./fuzz-target.ts";
import type { GuardedReader } from "./guarded-reader.ts";
import { mutatedBytes } from "./mutated-bytes.ts";

/** How long to look, and from which seed. */
export interface FuzzOptions {
  readonly seed: number;
  readonly milliseconds: number;
}

/**
 * Looks for bytes that a reader answers with anything but a value or an error for users, within limits of time and
 * memory. Throws an error with the smallest bytes found, in base64, and the seed. Gives the number of files tried.
 */
export async function fuzz(
  name: string,
  { files, repair = (bytes) => bytes }: FuzzTarget,
  { seed, milliseconds }: FuzzOptions,
  reader: GuardedReader,
): Promise<number> {
  for (const bytes of files) await check(name, bytes, reader);
  const property = fc.asyncProperty(mutatedBytes(files), (bytes) => check(name, repair(bytes), reader));
  const { numRuns, failed, errorInstance, counterexamplePath } = await fc.check(property, {
    seed,
    numRuns: Number.MAX_SAFE_INTEGER,
    interruptAfterTimeLimit: milliseconds,
  });
  if (failed && errorInstance instanceof Error) {
    throw new Error(`${errorInstance.message}\n(seed ${seed}, path ${counterexamplePath})`, { cause: errorInstance });
  }
  return numRuns;
}

async function check(target: string, bytes: Uint8Array, reader: GuardedReader): Promise<void> {
  const problem = await reader.problem({ target, bytes });
  if (problem === undefined) return;
  throw new Error(`${target}: ${problem}\nThe bytes, in base64: ${Buffer.from(bytes).toString("base64")}`);
}

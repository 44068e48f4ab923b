import { pathContent, readBytes } from "#platform";
import { InputError } from "../core/errors.ts";

/** The bytes of a set's list; an `InputError` that says what the list is and where it comes from when it is not there. */
export async function readList(path: string, advice: string): Promise<Uint8Array> {
  if ((await pathContent(path)).kind === "missing") throw new InputError(`${path}: there is no such file; ${advice}`);
  return readBytes(path);
}

import { readText } from "#platform";
import { InputError } from "../core/errors.ts";

/** Lists of frames and annotations. */
const MOST_TEXT = 2 ** 29;

/**
 * The lines of a text file of a data set, split at white space and commas; without empty ones and those that begin with #.
 * An `InputError` where there is no such file, or nothing in it, says what it is for.
 */
export async function readRows(path: string, purpose: string): Promise<readonly (readonly string[])[]> {
  const text = await readText(path, MOST_TEXT);
  if (text === undefined) throw new InputError(`${path}: there is no such file; ${purpose} is expected there`);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  if (lines.length === 0) throw new InputError(`${path}: is empty; ${purpose} is expected`);
  return lines.map((line) => line.trim().split(/[\s,]+/));
}

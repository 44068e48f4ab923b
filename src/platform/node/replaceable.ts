import { lstat, realpath } from "node:fs/promises";
import { InputError } from "../../core/errors.ts";
import { innerPath } from "./inner-path.ts";
import { isFolder } from "./make-folder.ts";
import { explainWriteError } from "./write-error.ts";
import { isAsWritten, type WrittenFiles } from "./written-files.ts";

/** What may be replaced where files are written. */
export interface ReplaceRules {
  /** Files that are read: never replaced. */
  readonly inputs?: readonly string[] | undefined;
  /** Replaces also what no run wrote, or what was changed since. */
  readonly force?: boolean | undefined;
}

/** Names of files that are to be written to a folder, and what earlier runs wrote there. */
export interface FilesToPlace {
  readonly folder: string;
  readonly names: readonly string[];
  readonly written: WrittenFiles;
}

/** So many files are named; the others are counted. */
const MOST_NAMES = 5;

/**
 * Throws an `InputError` by name where writing would replace an input, a file that no earlier run wrote, or one that was
 * changed since; and where a folder or a link is in the way.
 */
export async function requireReplaceable(
  { folder, names, written }: FilesToPlace,
  { inputs = [], force = false }: ReplaceRules,
): Promise<void> {
  const read = new Set(await Promise.all(inputs.map((input) => realpath(input).catch(() => input))));
  const foreign: string[] = [];
  for (const name of names) {
    const path = await innerPath(folder, name);
    if ((await lstat(path).catch(() => undefined)) === undefined) continue;
    if (read.has(await realpath(path).catch(() => path)))
      throw new InputError(`${path} is one of the files to be read: it is not replaced; choose another place`);
    if (await isFolder(path)) throw explainWriteError(path, { code: "EISDIR" });
    if (!force && !(await isAsWritten(path, written.get(name)))) foreign.push(name);
  }
  if (foreign.length === 0) return;
  const named = foreign.slice(0, MOST_NAMES).join(", ");
  const more = foreign.length > MOST_NAMES ? ` and ${foreign.length - MOST_NAMES} more` : "";
  throw new InputError(
    `${folder} holds files that no earlier run wrote, or that were changed since: ${named}${more}; ` +
      "choose another place, or say that they may be replaced",
    { remedies: ["force"] },
  );
}

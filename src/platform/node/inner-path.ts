import { lstat, realpath } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import { InputError } from "../../core/errors.ts";

/** True for a name that stays within the folder it is relative to: neither absolute, nor with `..` in it. */
export function isWithin(name: string): boolean {
  return name !== "" && !isAbsolute(name) && !/^[a-z]:/i.test(name) && !name.split(/[\\/]/).includes("..");
}

/**
 * The path of a name within a folder; an `InputError` where the name leads out of it, or passes through a link, behind
 * which somebody else's files may lie.
 */
export async function innerPath(folder: string, name: string): Promise<string> {
  if (!isWithin(name)) throw new InputError(`${folder}: the name ${name} leads out of the folder`);
  const segments = name.split(/[\\/]/);
  for (let depth = 1; depth < segments.length; depth++) {
    const around = join(folder, ...segments.slice(0, depth));
    if (await isLink(around))
      throw new InputError(`${around} is a link: nothing is written or removed behind it; put a folder in its place`);
  }
  return join(folder, name);
}

/** True where a path is a symbolic link. */
export async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() ?? false;
}

/** True where links lead from a path that is written as one within a folder to a place outside of it. */
export async function leadsOut(folder: string, path: string): Promise<boolean> {
  if (!isWithin(relative(folder, path))) return false;
  return !isWithin(relative(await realpath(folder), await realpath(path)));
}

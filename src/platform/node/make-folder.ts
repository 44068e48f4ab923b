import { mkdir, rmdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those around it; gives the outermost one that was missing, undefined where all were there. Node's
 * own recursive `mkdir` never returns below /proc, and says ENOENT where a disk is read-only.
 */
export async function makeFolder(path: string): Promise<string | undefined> {
  if (await isFolder(path)) return undefined;
  const parent = dirname(path);
  const outermost = parent === path ? undefined : await makeFolder(parent);
  await mkdir(path).catch(async (error: unknown) => {
    // Somebody else may have been faster.
    if (!(await isFolder(path))) throw error;
  });
  return outermost ?? path;
}

/** True when there is a folder at a path. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** Removes the folders that `makeFolder` made for nothing: `folder` and those around it, up to `outermost`. */
export async function removeMadeFolders(folder: string, outermost: string | undefined): Promise<void> {
  if (outermost === undefined) return;
  try {
    for (let path = resolve(folder); path.startsWith(resolve(outermost)); path = dirname(path)) await rmdir(path);
  } catch {
    // They hold something after all.
  }
}

import { copyFile, readFile, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { innerPath } from "./inner-path.ts";
import { makeFolder } from "./make-folder.ts";

/** Files on their way into a folder. */
export interface Commit {
  readonly folder: string;
  /** A folder inside of it, with the new files in `new/`; what they replace is put aside in `old/`. */
  readonly incoming: string;
  /** Names of the new files, in the order in which they are placed. */
  readonly placed: readonly string[];
  /** Those of them that replace a file. */
  readonly replaced: readonly string[];
  /** Names of the files that are to go. */
  readonly removed: readonly string[];
}

/** Renames a file, as `rename` of `node:fs/promises`. */
export type Rename = (from: string, to: string) => Promise<void>;

type Journal = Pick<Commit, "placed" | "replaced" | "removed">;

/** Written before the first file moves, removed after the last: while it is there, the folder is neither old nor new. */
const JOURNAL = "journal.json";

/** Where a new file waits. */
export function waitingPath(incoming: string, name: string): string {
  return join(incoming, "new", name);
}

/** Puts all new files in their places, or none: a failure brings everything back, and `undoCommit` does after a killed run. */
export async function commitFiles(commit: Commit, renameFile: Rename = rename): Promise<void> {
  const { folder, incoming, placed, replaced, removed } = commit;
  const aside = new Set(replaced);
  await writeFile(join(incoming, JOURNAL), JSON.stringify({ placed, replaced, removed } satisfies Journal));
  try {
    for (const name of placed) {
      const path = await innerPath(folder, name);
      if (aside.has(name)) await move(path, putAside(incoming, name), renameFile);
      await move(waitingPath(incoming, name), path, renameFile);
    }
    for (const name of removed) await move(await innerPath(folder, name), putAside(incoming, name), renameFile);
  } catch (error) {
    await undoCommit(folder, incoming);
    throw error;
  }
  await rm(join(incoming, JOURNAL));
  for (const name of removed) await removeEmptyFolders(folder, name);
}

/** Brings a folder back to what it was before a commit that did not end; nothing where there was none. */
export async function undoCommit(folder: string, incoming: string): Promise<void> {
  const journal = await readJournal(incoming);
  if (journal === undefined) return;
  const { placed, replaced, removed } = journal;
  for (const name of [...removed, ...replaced]) {
    const [path, old] = [await innerPath(folder, name), await innerPath(incoming, `old/${name}`)];
    await move(old, path, rename).catch(ignoreMissing);
  }
  const before = new Set(replaced);
  for (const name of placed) {
    if (before.has(name)) continue;
    await rm(await innerPath(folder, name), { force: true });
    await removeEmptyFolders(folder, name);
  }
  await rm(join(incoming, JOURNAL));
}

/** True while a commit has begun and not ended. */
export async function isCommitting(incoming: string): Promise<boolean> {
  return (await readJournal(incoming)) !== undefined;
}

async function readJournal(incoming: string): Promise<Journal | undefined> {
  const text = await readFile(join(incoming, JOURNAL), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const { placed, replaced, removed } = JSON.parse(text) as Journal;
    return [placed, replaced, removed].every(Array.isArray) ? { placed, replaced, removed } : undefined;
  } catch {
    // It was killed while it wrote the journal: nothing has moved yet.
    return undefined;
  }
}

function putAside(incoming: string, name: string): string {
  return join(incoming, "old", name);
}

/** A folder within the output folder may be another disk, onto which nothing can be renamed. */
async function move(from: string, to: string, renameFile: Rename): Promise<void> {
  await makeFolder(dirname(to));
  await renameFile(from, to).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== "EXDEV") throw error;
    const part = `${to}.${process.pid}.part`;
    try {
      await copyFile(from, part);
      await rename(part, to);
    } finally {
      await rm(part, { force: true });
    }
    await rm(from);
  });
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== "ENOENT") throw error;
}

/** Removes the folders around a name that hold nothing any more, up to `folder` itself. */
async function removeEmptyFolders(folder: string, name: string): Promise<void> {
  try {
    for (let inner = dirname(name); inner !== "."; inner = dirname(inner)) await rmdir(join(folder, inner));
  } catch {
    // It holds something else.
  }
}

import { open, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { makeIncomingFolder, removeIncomingFolder } from "./incoming-folder.ts";
import { isFolder, makeFolder } from "./make-folder.ts";
import { explainWriteError } from "./write-error.ts";
import { replaceWrittenFiles } from "./written-files.ts";

/** A folder that receives all of its files or none. */
export interface OutputFolder extends AsyncDisposable {
  /** Writes a file below the folder; it appears there at `commit`. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Moves everything written into place, replacing files of the same names. */
  commit(): Promise<void>;
}

/** How an output folder is filled. */
export interface OutputFolderOptions {
  /**
   * True where the folder is one result: what an earlier run wrote there and this one does not is removed at `commit`,
   * unless somebody changed it since. Otherwise files of several runs come together.
   */
  readonly replaceEarlier?: boolean;
}

/** Opens an output folder, making it if need be; throws an `InputError` when it cannot be written to. */
export async function openOutputFolder(folder: string, options: OutputFolderOptions = {}): Promise<OutputFolder> {
  const { made, incoming } = await explained(folder, async () => {
    const made = await makeFolder(folder);
    return { made, incoming: await makeIncomingFolder(folder) };
  });
  return {
    write: (name, bytes) =>
      explained(folder, async () => {
        const path = join(incoming, name);
        await makeFolder(dirname(path));
        await writeFile(path, bytes);
      }),
    async commit() {
      const entries = await explained(folder, () => readdir(incoming, { recursive: true, withFileTypes: true }));
      const moves = entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .map((from) => ({ from, to: join(folder, from.slice(incoming.length)) }));
      // Whatever is in the way is found before the first file moves.
      for (const { to } of moves) await explained(to, () => makeRoom(to));
      for (const { from, to } of moves) await explained(to, () => rename(from, to));
      if (!options.replaceEarlier) return;
      const names = moves.map(({ to }) => relative(folder, to));
      await explained(folder, () => replaceWrittenFiles(folder, names));
    },
    async [Symbol.asyncDispose]() {
      await removeIncomingFolder(incoming);
      await removeEmpty(folder, made);
    },
  };
}

/** A file that is written bit by bit and appears only when it is complete. */
export interface OutputFile extends AsyncDisposable {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
}

/** Opens a file for writing, making its folder if need be; without a `commit` nothing is left of it. */
export async function openOutputFile(path: string): Promise<OutputFile> {
  const partial = `${path}.partial`;
  const { made, handle } = await explained(path, async () => {
    const made = await makeRoom(path);
    return { made, handle: await open(partial, "w") };
  });
  return {
    write: (bytes) => explained(path, () => handle.writeFile(bytes)),
    commit: () =>
      explained(path, async () => {
        await handle.close();
        await rename(partial, path);
      }),
    async [Symbol.asyncDispose]() {
      await handle.close().catch(() => undefined);
      await rm(partial, { force: true });
      await removeEmpty(dirname(path), made);
    },
  };
}

/** Makes the folder of a file to be, and gives the outermost one that was missing; fails where a folder has its name. */
async function makeRoom(path: string): Promise<string | undefined> {
  const made = await makeFolder(dirname(path));
  if (await isFolder(path)) throw Object.assign(new Error(`${path} is a folder`), { code: "EISDIR" });
  return made;
}

/** Removes the folders that were made for nothing: `folder` and those around it, up to `outermost`. */
async function removeEmpty(folder: string, outermost: string | undefined): Promise<void> {
  if (outermost === undefined) return;
  try {
    for (let path = resolve(folder); path.startsWith(resolve(outermost)); path = dirname(path)) await rmdir(path);
  } catch {
    // They hold something after all.
  }
}

async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainWriteError(path, error);
  }
}

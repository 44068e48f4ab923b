import { mkdir, mkdtemp, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { explainWriteError } from "./write-error.ts";

/** A folder that receives all of its files or none. */
export interface OutputFolder extends AsyncDisposable {
  /** Writes a file below the folder; it appears there at `commit`. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Moves everything written into place, replacing files of the same names. */
  commit(): Promise<void>;
}

/** Opens an output folder, making it if need be; throws an `InputError` when it cannot be written to. */
export async function openOutputFolder(folder: string): Promise<OutputFolder> {
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainWriteError(folder, error);
    }
  };
  const incoming = await explained(async () => {
    await mkdir(folder, { recursive: true });
    return mkdtemp(join(folder, ".incoming-"));
  });
  return {
    write: (name, bytes) =>
      explained(async () => {
        const path = join(incoming, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, bytes);
      }),
    commit: () =>
      explained(async () => {
        const entries = await readdir(incoming, { recursive: true, withFileTypes: true });
        for (const entry of entries) {
          if (!entry.isFile()) continue;
          const path = join(entry.parentPath, entry.name);
          const target = join(folder, path.slice(incoming.length));
          await mkdir(dirname(target), { recursive: true });
          await rename(path, target);
        }
      }),
    async [Symbol.asyncDispose]() {
      await rm(incoming, { recursive: true, force: true });
    },
  };
}

/** A file that is written bit by bit and appears only when it is complete. */
export interface OutputFile extends AsyncDisposable {
  write(bytes: Uint8Array): Promise<void>;
  commit(): Promise<void>;
}

/** Opens a file for writing; without a `commit` nothing is left of it. */
export async function openOutputFile(path: string): Promise<OutputFile> {
  const partial = `${path}.partial`;
  const explained = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainWriteError(path, error);
    }
  };
  const handle = await explained(async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(partial, "w");
  });
  return {
    write: (bytes) => explained(() => handle.writeFile(bytes)),
    commit: () =>
      explained(async () => {
        await handle.close();
        await rename(partial, path);
      }),
    async [Symbol.asyncDispose]() {
      await handle.close().catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}

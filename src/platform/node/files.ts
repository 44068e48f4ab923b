import type { Stats } from "node:fs";
import { appendFile, open, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ByteSource } from "../../core/byte-source.ts";
import { InputError } from "../../core/errors.ts";
import { makeFolder } from "./make-folder.ts";
import { readProblem } from "./read-error.ts";
import { explainWriteError } from "./write-error.ts";

/** A file opened for reading at any place. */
export interface OpenFile extends ByteSource {
  /** No read may follow. */
  close(): Promise<void>;
}

/** Opens a file for reading; nothing is read yet. Throws an `InputError` when there is no such file or it may not be read. */
export async function openFile(path: string): Promise<OpenFile> {
  try {
    // Opening a pipe would wait for somebody to write, and nothing could end that.
    if (!isOrdinary(await stat(path))) throw new InputError(`${path}: is a pipe or a device; a file is expected`);
    const handle = await open(path, "r");
    const { size } = await handle.stat();
    return {
      name: path,
      size,
      async read(offset, length) {
        if (offset < 0 || length < 0 || offset + length > size) {
          throw new RangeError(`${path}: bytes ${offset}..${offset + length} lie outside of its ${size} bytes`);
        }
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) throw new InputError(`${path} became shorter while it was read`);
          done += bytesRead;
        }
        return bytes;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    throw readProblem(path, error);
  }
}

function isOrdinary(found: Stats): boolean {
  return found.isFile() || found.isDirectory();
}

/** All bytes of a file, at most `limit`; an `InputError` when there is no such file, it may not be read, or has more. */
export async function readBytes(path: string, limit: number = 2 ** 31): Promise<Uint8Array<ArrayBuffer>> {
  const file = await openFile(path);
  try {
    if (file.size > limit) throw new InputError(`${path} has ${file.size} bytes; at most ${limit} were expected`);
    return (await file.read(0, file.size)) as Uint8Array<ArrayBuffer>;
  } finally {
    await file.close();
  }
}

/** The whole of a small text file, undefined when there is none; an `InputError` above `limit` bytes. */
export async function readText(path: string, limit: number = 2 ** 20): Promise<string | undefined> {
  const file = await openFile(path).catch((error: unknown) => {
    if (error instanceof InputError && isMissing(error.cause)) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    if (file.size > limit) throw new InputError(`${path} has ${file.size} bytes; at most ${limit} were expected`);
    return new TextDecoder().decode(await file.read(0, file.size));
  } finally {
    await file.close();
  }
}

/** Writes a small text file, its folder included, in one step: readers see the old file or the new one. */
export async function writeText(path: string, text: string): Promise<void> {
  const part = `${path}.${process.pid}.part`;
  try {
    await makeFolder(dirname(path));
    await writeFile(part, text);
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw explainWriteError(path, error);
  }
}

/** Names of the folders in a folder, sorted; none where there is no such folder. */
export async function listFolders(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw readProblem(folder, error);
  }
}

/** A path with its symbolic links resolved. */
export async function realPath(path: string): Promise<string> {
  return realpath(path).catch((error: unknown) => {
    throw readProblem(path, error);
  });
}

/** Processes find files by their paths: nothing needs to be sent. */
export async function sharedFile(_path: string): Promise<Blob | undefined> {
  return undefined;
}

/** The path of something within a folder. */
export function joinPath(folder: string, ...names: readonly string[]): string {
  return join(folder, ...names);
}

/** The path of a file's neighbor in the same folder. */
export function siblingPath(path: string, name: string): string {
  return join(dirname(path), name);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}

/** Adds text to the end of a file, made with its folder if need be. */
export async function appendText(path: string, text: string): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await appendFile(path, text);
  } catch (error) {
    throw explainWriteError(path, error);
  }
}

import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, rmSync, statfsSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Spool } from "../../core/spool.ts";
import { cacheFolder } from "./environment.ts";
import { makeFolder } from "./make-folder.ts";
import { explainWriteError } from "./write-error.ts";

/** Kept free on the disk. */
const RESERVE_BYTES = 1e9;

/**
 * A spool in one file of a folder. The file has no name where the system allows it, so that nothing is left after a crash. Reads
 * and writes are synchronous: what is read lies in the system's cache, mostly. Throws an `InputError` where the folder cannot be
 * written to.
 */
export async function openSpool(folder: string = cacheFolder()): Promise<Spool | undefined> {
  await makeFolder(folder);
  const path = join(folder, `.spool-${randomUUID()}`);
  const file = opened(path);
  let isNamed = true;
  try {
    unlinkSync(path);
    isNamed = false;
  } catch {
    // Windows removes no file that is open.
  }
  let end = 0;
  return {
    put(bytes) {
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize - bytes.length < RESERVE_BYTES) return undefined;
      const at = end;
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done, bytes.length - done, at + done);
      } catch (error) {
        throw explainWriteError(folder, error);
      }
      end += bytes.length;
      const { length } = bytes;
      return (read = new Uint8Array(length)) => {
        for (let done = 0; done < length; ) {
          const count = readSync(file, read, done, length - done, at + done);
          if (count === 0) throw new Error(`${path}: ended too soon`);
          done += count;
        }
        return read;
      };
    },
    async [Symbol.asyncDispose]() {
      closeSync(file);
      if (isNamed) rmSync(path, { force: true });
    },
  };
}

function opened(path: string): number {
  try {
    return openSync(path, "wx+");
  } catch (error) {
    throw explainWriteError(path, error);
  }
}

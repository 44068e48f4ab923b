import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BlobStore } from "../../core/blob-store.ts";
import { CapabilityError } from "../../core/errors.ts";
import { makeFolder } from "./make-folder.ts";
import { explainWriteError } from "./write-error.ts";

/** What becomes of blobs that the disk has no room for. */
export interface FolderStoreOptions {
  /** `drop`, as when left out: nothing but time is lost. `refuse`: a `CapabilityError`, for others wait for them. */
  readonly whenFull?: "drop" | "refuse" | undefined;
}

/** Kept free: resuming is a convenience that must not fill the disk. */
const RESERVE_BYTES = 1e9;

/** Every file starts with the SHA-256 of what follows. */
const DIGEST_BYTES = 32;

/**
 * A `BlobStore` in a folder, which is made when the first blob arrives. When less than 1 GB would remain free on its disk,
 * blobs are not kept. A file that is not what was stored any more counts as never stored.
 */
export function folderStore(folder: string, { whenFull = "drop" }: FolderStoreOptions = {}): BlobStore {
  return {
    async has(key) {
      return existsSync(join(folder, key));
    },
    async get(key) {
      const file = await readFile(join(folder, key)).catch(() => undefined);
      const bytes = file?.subarray(DIGEST_BYTES);
      return bytes && digest(bytes).equals(file!.subarray(0, DIGEST_BYTES)) ? bytes : undefined;
    },
    async put(key, bytes) {
      const partial = join(folder, `.${randomUUID()}`);
      try {
        await makeFolder(folder);
        const { bavail, bsize } = await statfs(folder);
        if (bavail * bsize - bytes.length < RESERVE_BYTES) {
          if (whenFull === "drop") return;
          throw new CapabilityError(`${folder} is full: less than 1 GB would remain free on its disk; free some space`);
        }
        await writeFile(partial, [digest(bytes), bytes]);
        await rename(partial, join(folder, key));
      } catch (error) {
        await rm(partial, { force: true }).catch(() => {});
        throw explainWriteError(folder, error);
      }
    },
  };
}

/** Removes a store and all that is in it. */
export async function removeFolderStore(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

function digest(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}

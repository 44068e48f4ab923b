import type { BlobStore } from "../../core/blob-store.ts";
import { sha256 } from "../../core/sha256.ts";
import { privateFile, removePrivate, writePrivateFile } from "./private-files.ts";

/** Kept free of what the browser lets the site use: resuming is a convenience. */
const RESERVE_BYTES = 100e6;

/** Every file starts with the hex SHA-256 of what follows. */
const DIGEST_BYTES = 64;

/**
 * A `BlobStore` in a folder of the private file system. When less than 100 MB would remain of what the browser grants, blobs are
 * dropped instead of kept. A file that is not what was stored any more counts as never stored.
 */
export function folderStore(folder: string): BlobStore {
  return {
    async has(key) {
      return (await privateFile(`${folder}/${key}`)) !== undefined;
    },
    async get(key) {
      const file = await privateFile(`${folder}/${key}`);
      if (file === undefined) return undefined;
      const bytes = new Uint8Array(await file.slice(DIGEST_BYTES).arrayBuffer());
      return (await file.slice(0, DIGEST_BYTES).text()) === (await sha256(bytes)) ? bytes : undefined;
    },
    async put(key, bytes) {
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      if (quota - usage - bytes.length < RESERVE_BYTES) return;
      const content = bytes as Uint8Array<ArrayBuffer>;
      await writePrivateFile(`${folder}/${key}`, new Blob([await sha256(content), content]));
    },
  };
}

/** Removes a store and all that is in it. */
export async function removeFolderStore(folder: string): Promise<void> {
  await removePrivate(folder);
}

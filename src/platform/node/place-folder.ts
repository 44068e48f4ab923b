import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolder } from "./make-folder.ts";
import { explainWriteError } from "./write-error.ts";

/** Writes a folder of files that appears with all of them or not at all, and survives a power cut. */
export async function placeFolder(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  let incoming: string | undefined;
  try {
    await makeFolder(dirname(folder));
    incoming = await mkdtemp(join(dirname(folder), ".incoming-"));
    for (const [name, bytes] of files) {
      const file = await open(join(incoming, name), "w");
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
    }
    await rm(folder, { recursive: true, force: true });
    await rename(incoming, folder);
  } catch (error) {
    if (incoming !== undefined) await rm(incoming, { recursive: true, force: true });
    throw explainWriteError(folder, error);
  }
}

/** Removes a folder and all that is in it. */
export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

import { folderStore } from "#platform";
import type { BlobStore } from "../../core/blob-store.ts";
import { InputError, isUserError } from "../../core/errors.ts";
import { retryingStore } from "./retrying-store.ts";
import { s3Place, s3Store } from "./s3-store.ts";

/** Written when a store is opened. */
const PROBE = "probe";

/**
 * The store of artefacts at a place that several machines reach: a shared folder, or `s3://bucket/prefix`. What is in it is named by
 * hashes of what it was made from, so that anybody may write it, twice too; what was not written whole is never read.
 * @throws InputError where it cannot be written to or what is written there does not come back
 */
export async function openStore(place: string): Promise<BlobStore> {
  const store = /^[a-z0-9]+:\/\//i.test(place)
    ? retryingStore(await s3Store(s3Place(place)), place)
    : folderStore(place, { whenFull: "refuse" });
  await store.put(PROBE, new TextEncoder().encode("whoever opens a store writes this")).catch((error: unknown) => {
    if (!isUserError(error)) throw error;
    throw new InputError(`--store: ${error.message.replace(" with -o", "")}`, { cause: error });
  });
  if ((await store.get(PROBE)) === undefined)
    throw new InputError(`--store ${place}: what is written there does not come back; is it the same place for all?`);
  return store;
}

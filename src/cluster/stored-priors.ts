import { deserialize } from "node:v8";
import { inflateRawSync } from "node:zlib";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import type { ByPhoto } from "../core/photo-names.ts";
import { sha256 } from "../core/sha256.ts";
import type { Size } from "../core/size.ts";
import type { PhotoMask } from "../geometry/network-mask.ts";
import type { PhotoPriors } from "../priors/network-priors.ts";

/** A mask in the store. */
interface StoredMask extends Size {
  readonly key: string;
}

/** What is known of photos, with masks by their keys. */
interface StoredPriors extends Omit<PhotoPriors, "masks"> {
  readonly masks: ByPhoto<StoredMask> | undefined;
}

/** What `storePriors` put there. Masks are read when they are needed. */
export async function readPriors(store: BlobStore, key: string): Promise<PhotoPriors> {
  const { masks, ...priors } = deserialize(await needed(store, key)) as StoredPriors;
  const readMasks = async (stored: ByPhoto<StoredMask>): Promise<ByPhoto<PhotoMask>> => {
    const read = new Map<string, PhotoMask>();
    for (const [name, { width, height, key }] of stored)
      read.set(name, { width, height, data: inflateRawSync(await needed(store, key)) });
    return read;
  };
  return { ...priors, masks: masks && (() => readMasks(masks)) };
}

/** Puts bytes into a store under a hash of them; gives the key. */
export async function putByContent(store: BlobStore, kind: string, bytes: Uint8Array): Promise<string> {
  const key = `${kind}-${await sha256(Uint8Array.from(bytes))}`;
  if (!(await store.has(key))) await store.put(key, bytes);
  return key;
}

/** What must be in a store. */
async function needed(store: BlobStore, key: string): Promise<Uint8Array> {
  const bytes = await store.get(key);
  if (bytes !== undefined) return bytes;
  throw new InputError(`${key} is not in the store any more, or damaged; give the work again`);
}

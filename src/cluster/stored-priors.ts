import { deserialize, serialize } from "node:v8";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import { type Logger, silentLogger } from "../core/logger.ts";
import type { ByPhoto } from "../core/photo-names.ts";
import { sha256 } from "../core/sha256.ts";
import type { Size } from "../core/size.ts";
import type { PhotoMask } from "../geometry/network-mask.ts";
import type { PhotoPriors } from "../priors/network-priors.ts";
import { type ViewFacts, viewWithoutPixels } from "./view-facts.ts";

/** A mask in the store. */
interface StoredMask extends Size {
  readonly key: string;
}

/** What is known of photos, with masks by their keys. */
interface StoredPriors extends Omit<PhotoPriors, "masks"> {
  readonly masks: ByPhoto<StoredMask> | undefined;
}

/** Puts what is known of photos into a store, and tells the logger of photos without a mask; gives the key. */
export async function storePriors(
  store: BlobStore,
  { masks, ...priors }: PhotoPriors,
  views: readonly ViewFacts[],
  logger: Logger = silentLogger,
): Promise<string> {
  const found = typeof masks === "function" ? await masks(views.map(viewWithoutPixels), logger) : masks;
  const stored = new Map<string, StoredMask>();
  for (const [name, { width, height, data }] of found ?? [])
    stored.set(name, { width, height, key: await putByContent(store, "mask", deflateRawSync(data)) });
  const content: StoredPriors = { ...priors, masks: found && stored };
  return await putByContent(store, "priors", serialize(content));
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
export async function needed(store: BlobStore, key: string): Promise<Uint8Array> {
  const bytes = await store.get(key);
  if (bytes !== undefined) return bytes;
  throw new InputError(`${key} is not in the store any more, or damaged; give the work again`);
}

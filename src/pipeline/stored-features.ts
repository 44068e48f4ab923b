import { hashPicture } from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import type { Straightening } from "../core/lens.ts";
import type { Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import { sha256 } from "../core/sha256.ts";
import type { View } from "../core/view.ts";
import { FEATURE_DEFAULTS } from "../features/detect-features.ts";
import { extractFeatures } from "../features/extract-features.ts";
import type { Features } from "../features/features.ts";
import { deserializeFeatures, serializeFeatures } from "./feature-cache.ts";
import { heldFeatures } from "./held-features.ts";
import type { Overflow } from "./overflow.ts";

/** Part of every key: raise it when the same photo gives other features, or another layout, than before. */
const FEATURES_VERSION = 3;

/** A view and the photo that it is of. */
export interface PhotoOfView {
  readonly view: Pick<View, "original" | "straightening" | "photoHash">;
  readonly file: Picture;
}

/** How the features of photos are found. */
export interface PhotoFeaturesOptions extends RunOptions {
  /** Longest side, in pixels, at which a photo is looked at; `FEATURE_DEFAULTS` when left out. */
  readonly featureSize?: number | undefined;
  /** Where they are kept and looked up, so that an interrupted run need not find them again. */
  readonly store?: BlobStore | undefined;
  /** Where descriptors lie for which memory has no room. */
  readonly overflow?: Overflow | undefined;
}

/** The local features of photos, in the order given; those that an interrupted run found are not looked for again. */
export async function photoFeatures(
  photos: readonly PhotoOfView[],
  { featureSize = FEATURE_DEFAULTS.featureSize, store, overflow, onProgress, signal }: PhotoFeaturesOptions = {},
): Promise<readonly Features[]> {
  const keys = store && (await Promise.all(photos.map((photo) => featuresKey(photo, featureSize))));
  const held = async (own: Features) => (overflow ? await heldFeatures(own, overflow) : own);
  const features: (Features | undefined)[] = [];
  for (const [i, { view }] of photos.entries()) {
    const bytes = await store?.get(keys![i]!);
    const known = bytes && (await deserializeFeatures(bytes, view.original));
    features.push(known && (await held(known)));
  }
  const missing = photos.flatMap((_, i) => (features[i] === undefined ? [i] : []));
  const [total, reused] = [photos.length, photos.length - missing.length];
  if (reused > 0) onProgress?.({ stage: "features", done: reused, total, reused });
  const found = await extractFeatures(
    missing.map((i) => ({ picture: photos[i]!.file, straightening: photos[i]!.view.straightening })),
    {
      featureSize,
      signal,
      async onFeatures(k, own) {
        await store?.put(keys![missing[k]!]!, serializeFeatures(own));
        return await held(own);
      },
      onProgress: (event) => onProgress?.({ ...event, done: event.done + reused, total, reused }),
    },
  );
  for (const [k, i] of missing.entries()) features[i] = found[k]!;
  return features as Features[];
}

/** Features that are found when they are first asked for, and held until they are forgotten. */
export interface RememberedFeatures {
  find(): Promise<readonly Features[]>;
  forget(): void;
}

/** The features of views' photos, found once. */
export function rememberedFeatures(
  views: readonly PhotoOfView["view"][],
  { files, ...options }: PhotoFeaturesOptions & { readonly files: readonly Picture[] },
): RememberedFeatures {
  let found: Promise<readonly Features[]> | undefined;
  return {
    async find() {
      found ??= photoFeatures(
        views.map((view, i) => ({ view, file: files[i]! })),
        options,
      );
      return await found;
    },
    forget() {
      found = undefined;
    },
  };
}

/** The key under which a photo's features are kept: it names everything that they depend on. */
async function featuresKey({ view, file }: PhotoOfView, featureSize: number): Promise<string> {
  const { straightening, photoHash = await hashPicture(file) } = view;
  const facts: readonly [string, number, Straightening | null] = [photoHash, featureSize, straightening ?? null];
  return `features-${FEATURES_VERSION}-${(await sha256(JSON.stringify(facts))).slice(0, 48)}`;
}

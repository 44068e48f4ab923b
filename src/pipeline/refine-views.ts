import type { BlobStore } from "../core/blob-store.ts";
import type { Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Scene } from "../core/scene.ts";
import { unorderedPairKey } from "../core/unordered-pair.ts";
import type { View } from "../core/view.ts";
import type { Features } from "../features/features.ts";
import { maskedFeatures } from "../features/masked-features.ts";
import type { MemoryOf } from "../refinement/pair-memory.ts";
import { type PosedPhoto, posedPhoto } from "../refinement/posed-photo.ts";
import { type RefinedCameras, refineCameras } from "../refinement/refine-cameras.ts";
import { rememberedFeatures } from "./stored-features.ts";
import { storedPairs } from "./stored-pairs.ts";

/** What is refined. */
export interface RefineViewsOptions extends RunOptions {
  /** The views' photos, in the same order. */
  readonly files: readonly Picture[];
  /** Their features, where these were found before; asked for once. */
  readonly features?: (() => Promise<readonly Features[]>) | undefined;
  /** True for images whose poses were given. */
  readonly isPosed: (image: number) => boolean;
  /** Set when which views share a camera is only likely: see `AlignPriors`. */
  readonly camerasAreGuessed?: boolean | undefined;
  /** Network pixels that may be used, `[height, width]`: features are found where they are not 0. */
  readonly masks?: readonly (Uint8Array | undefined)[] | undefined;
  readonly seed?: number | string | undefined;
  /** Longest side, in pixels, at which features are looked for. */
  readonly featureSize?: number | undefined;
  /** Where features and verified pairs are kept, so that an interrupted run can go on. */
  readonly store?: BlobStore | undefined;
}

/** The cameras of an aligned scene, refined on local features of its photos. */
export async function refineViews(
  scene: Scene,
  views: readonly View[],
  options: RefineViewsOptions,
): Promise<RefinedCameras> {
  const { seed, store, onProgress, signal } = options;
  const photos = await posedPhotos(scene, views, options);
  const memoryOf: MemoryOf | undefined = store && ((compared) => storedPairs(store, compared, seed));
  return await refineCameras(photos, { pairs: pairsToVerify(scene), seed, memoryOf, onProgress, signal });
}

/** The photos of an aligned scene with their local features. */
export async function posedPhotos(
  scene: Scene,
  views: readonly View[],
  { isPosed, masks, camerasAreGuessed, featureSize, features: find, ...options }: RefineViewsOptions,
): Promise<readonly PosedPhoto[]> {
  const features = await (find ?? rememberedFeatures(views, { ...options, featureSize }).find)();
  return scene.images.map((image, index) => {
    const view = views[index]!;
    const { originalFromNetwork: originalFromMask } = view;
    const [all, data] = [features[index]!, masks?.[index]];
    const used = data === undefined ? all : maskedFeatures(all, { ...view, data, originalFromMask });
    return posedPhoto(image, view, { features: used, isFixed: isPosed(index), index, camerasAreGuessed, featureSize });
  });
}

/** Every two photos that were shown to the network together, once, unless they are known to merely look alike. */
export function pairsToVerify({ pairs, warnings = [] }: Scene): readonly (readonly [number, number])[] {
  const unique = new Map<string, readonly [number, number]>();
  const alike = new Set(
    warnings.flatMap((warning) =>
      warning.kind === "false-loop" ? [unorderedPairKey(warning.image1, warning.image2)] : [],
    ),
  );
  for (const { image1, image2 } of pairs) {
    const key = unorderedPairKey(image1, image2);
    if (alike.has(key)) continue;
    unique.set(key, [Math.min(image1, image2), Math.max(image1, image2)]);
  }
  return [...unique.values()].sort(([a, b], [c, d]) => a - c || b - d);
}

import type { Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Scene } from "../core/scene.ts";
import { unorderedPairKey } from "../core/unordered-pair.ts";
import type { View } from "../core/view.ts";
import { extractFeatures } from "../features/extract-features.ts";
import { posedPhoto } from "../refinement/posed-photo.ts";
import { type RefinedCameras, refineCameras } from "../refinement/refine-cameras.ts";

/** What is refined. */
export interface RefineViewsOptions extends RunOptions {
  /** The views' photos, in the same order. */
  readonly files: readonly Picture[];
  /** True for images whose poses were given. */
  readonly isPosed: (image: number) => boolean;
  readonly seed?: number | string | undefined;
}

/** The cameras of an aligned scene, refined on local features of its photos. */
export async function refineViews(
  scene: Scene,
  views: readonly View[],
  { files, isPosed, seed, onProgress, signal }: RefineViewsOptions,
): Promise<RefinedCameras> {
  const run = { onProgress, signal };
  const features = await extractFeatures(
    views.map(({ straightening }, i) => ({ picture: files[i]!, straightening })),
    run,
  );
  const photos = scene.images.map((image, index) =>
    posedPhoto(image, views[index]!, { features: features[index]!, isFixed: isPosed(index), index }),
  );
  return await refineCameras(photos, { ...run, pairs: pairsOf(scene), seed });
}

/** Every two photos that were shown to the network together, once. */
function pairsOf({ pairs }: Scene): readonly (readonly [number, number])[] {
  const unique = new Map<string, readonly [number, number]>();
  for (const { image1, image2 } of pairs) {
    unique.set(unorderedPairKey(image1, image2), [Math.min(image1, image2), Math.max(image1, image2)]);
  }
  return [...unique.values()].sort(([a, b], [c, d]) => a - c || b - d);
}

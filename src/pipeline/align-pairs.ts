import { openFile } from "#platform";
import type { View } from "../core/view.ts";
import { readPairsFile } from "../inference/pairs-file/read-pairs-file.ts";
import { networkPriors } from "../priors/network-priors.ts";
import { alignRefined, alignViews } from "./align-views.ts";
import { photosOfPairs } from "./photos-of-pairs.ts";
import type { SceneOptions } from "./reconstruct-options.ts";
import { type Reconstruction, reconstructedPhotos } from "./reconstruction.ts";

/** How pairs are aligned; everything may be left out. */
export interface AlignPairsOptions extends Omit<SceneOptions, "pairs" | "store" | "skipBroken"> {
  /** The folder of the photos that the pairs are of, by their names: without it cameras are not refined. */
  readonly photos?: string | undefined;
}

/**
 * The second half of `reconstruct`: one scene from a file of pairwise pointmaps, which `readPairsFile` describes.
 * @throws InputError, FormatError with what to do about it; the signal's reason when aborted
 */
export async function alignPairs(path: string, options: AlignPairsOptions = {}): Promise<Reconstruction> {
  const { minConfidence, seed, photos, refine, featureSize, onProgress, signal } = options;
  const file = await openFile(path);
  try {
    const { views: stored, model, predictions } = await readPairsFile(file);
    const found = photos === undefined ? undefined : await photosOfPairs(stored, { pairs: path, photos });
    const views: readonly View[] = found?.views ?? stored;
    const priors = await networkPriors(views, options.priors ?? {}, options.logger);
    const how = { onProgress, signal, method: options.align, priors, minConfidence, seed };
    const isRefined =
      found !== undefined && views.length > 1 && refine !== "none" && (how.method ?? "global") === "global";
    const scene = isRefined
      ? await alignRefined(views, predictions(), { ...how, files: found.files, featureSize })
      : await alignViews(views, predictions(), how);
    const refinement = scene.refinement?.seconds;
    return {
      photos: reconstructedPhotos(scene, views),
      scene,
      views,
      files: found?.files,
      run: {
        model: { name: model, dtype: "fp32", device: "cpu" },
        timings: { alignment: scene.alignment.seconds, ...(refinement === undefined ? {} : { refinement }) },
        peakMemoryBytes: 0,
      },
    };
  } finally {
    await file.close();
  }
}

import { openFile } from "#platform";
import { readPairsFile } from "../inference/pairs-file/read-pairs-file.ts";
import { networkPriors } from "../priors/network-priors.ts";
import { alignViews } from "./align-views.ts";
import type { SceneOptions } from "./reconstruct-options.ts";
import { type Reconstruction, reconstructedPhotos } from "./reconstruction.ts";

/** How pairs are aligned; everything may be left out. */
export type AlignPairsOptions = Omit<SceneOptions, "pairs" | "store" | "skipBroken">;

/**
 * The second half of `reconstruct`: one scene from a file of pairwise pointmaps, which `readPairsFile` describes.
 * @throws InputError, FormatError with what to do about it; the signal's reason when aborted
 */
export async function alignPairs(path: string, options: AlignPairsOptions = {}): Promise<Reconstruction> {
  const { minConfidence, seed, onProgress, signal } = options;
  const file = await openFile(path);
  try {
    const { views, model, predictions } = await readPairsFile(file);
    const priors = await networkPriors(views, options.priors ?? {}, options.logger);
    const how = { onProgress, signal, method: options.align, priors, minConfidence, seed };
    const scene = await alignViews(views, predictions(), how);
    return {
      photos: reconstructedPhotos(scene, views),
      scene,
      views,
      run: {
        model: { name: model, dtype: "fp32", device: "cpu" },
        timings: { alignment: scene.alignment.seconds },
        peakMemoryBytes: 0,
      },
    };
  } finally {
    await file.close();
  }
}

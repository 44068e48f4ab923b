import { openFile } from "#platform";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { ViewPair } from "../core/view.ts";
import { type PairsFile, readPairsFile } from "../inference/pairs-file/read-pairs-file.ts";
import { networkPriors } from "../priors/network-priors.ts";
import { alignViews } from "./align-views.ts";
import { type CanonicalOrder, givenOrder, inOrder, orderedPairs, workingOrder } from "./canonical-order.ts";
import { RECONSTRUCT_DEFAULTS, type SceneOptions } from "./reconstruct-options.ts";
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
    const { views, model, pairs, predictions } = await readPairsFile(file);
    const { align: method = RECONSTRUCT_DEFAULTS.align } = options;
    const order = await workingOrder(views, method);
    const ordered = inOrder(views, order);
    const priors = await networkPriors(ordered, options.priors ?? {}, options.logger);
    const how = { onProgress, signal, method, priors, minConfidence, seed };
    const found = await alignViews(ordered, renamed(predictions, orderedPairs(pairs, order), order), how);
    const posed = priors.worldFromCam?.some((pose) => pose) ?? false;
    const scene = givenOrder(found, order, { pairs, posed });
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

/** The predictions for pairs in an order of their own. */
async function* renamed(
  read: PairsFile["predictions"],
  pairs: readonly ViewPair[],
  { views, places }: CanonicalOrder,
): AsyncGenerator<PairPrediction> {
  const inFile = pairs.map(({ view1, view2 }) => ({ view1: views[view1]!, view2: views[view2]! }));
  for await (const { view1, view2, ...prediction } of read(inFile))
    yield { ...prediction, view1: places[view1]!, view2: places[view2]! };
}

import { openFile } from "#platform";
import { rememberWarnings } from "../core/logger.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { View, ViewPair } from "../core/view.ts";
import { type PairsFile, readPairsFile } from "../inference/pairs-file/read-pairs-file.ts";
import { networkPriors } from "../priors/network-priors.ts";
import { alignRefined, alignViews } from "./align-views.ts";
import { type CanonicalOrder, givenOrder, inOrder, orderedPairs, workingOrder } from "./canonical-order.ts";
import { photosOfPairs } from "./photos-of-pairs.ts";
import { RECONSTRUCT_DEFAULTS, type SceneOptions } from "./reconstruct-options.ts";
import { type Reconstruction, reconstructedPhotos } from "./reconstruction.ts";
import { bentLines } from "./straightened-views.ts";

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
  const { logger, warnings } = rememberWarnings(options.logger);
  const { minConfidence, seed, photos, refine, featureSize, onProgress, signal } = options;
  const file = await openFile(path);
  try {
    const { views: stored, model, pairs, predictions } = await readPairsFile(file);
    const found = photos === undefined ? undefined : await photosOfPairs(stored, { pairs: path, photos });
    const views: readonly View[] = found?.views ?? stored;
    const { align: method = RECONSTRUCT_DEFAULTS.align } = options;
    const order = await workingOrder(views, method);
    const ordered = inOrder(views, order);
    const priors = await networkPriors(ordered, options.priors ?? {}, logger);
    const how = { onProgress, signal, method, priors, minConfidence, seed };
    const isRefined = found !== undefined && views.length > 1 && refine !== "none" && method === "global";
    const inTurn = renamed(predictions, orderedPairs(pairs, order), order);
    const aligned = isRefined
      ? await alignRefined(ordered, inTurn, { ...how, files: inOrder(found.files, order), featureSize })
      : await alignViews(ordered, inTurn, how);
    const posed = priors.worldFromCam?.some((pose) => pose) ?? false;
    const scene = givenOrder(aligned, order, { pairs, posed });
    const refinement = scene.refinement?.seconds;
    const lenses = scene.refinement?.lenses ?? [];
    if (lenses.length > 0)
      logger.warn(`${bentLines(lenses, views)}: they stay bent, for the pointmaps are of the photos as they are.`);
    return {
      photos: reconstructedPhotos(scene, views),
      scene,
      views,
      files: found?.files,
      warnings: [...warnings],
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

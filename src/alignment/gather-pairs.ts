import type { ImagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { ScenePair } from "../core/scene.ts";
import type { AlignMethod, AlignOptions } from "./align-options.ts";
import { checkPrediction } from "./check-prediction.ts";
import { checkPriors } from "./check-priors.ts";
import type { WeightedPair } from "./global/observation.ts";
import { maskPrediction } from "./mask-prediction.ts";
import { scenePair } from "./pair-confidence.ts";
import { addPrediction, emptySummary, finishSummary, type PredictionSummary } from "./prediction-summary.ts";
import { weightedPair } from "./weighted-pair.ts";

/** What alignment keeps of streamed predictions; it may align them more than once. */
export interface GatheredPairs {
  readonly images: readonly ImagePlane[];
  readonly method: AlignMethod | "monocular";
  readonly pairs: readonly ScenePair[];
  readonly summary: PredictionSummary;
  /** The predictions, where there are at most two images. */
  readonly ofFewImages: readonly PairPrediction[];
  /** For global alignment, in the order of `pairs`. */
  readonly weighted: readonly WeightedPair[];
  /** Spent on it, without the time that predictions took to come. */
  readonly seconds: number;
}

/** The first half of `align`: takes in the predictions. */
export async function gatherPairs(
  images: readonly ImagePlane[],
  predictions: AsyncIterable<PairPrediction>,
  options: AlignOptions = {},
): Promise<GatheredPairs> {
  const { signal, priors, method: asked = "global" } = options;
  checkPriors(images, options);
  const method = images.length === 1 ? "monocular" : asked;
  const running = emptySummary(images);
  const pairs: ScenePair[] = [];
  const ofFewImages: PairPrediction[] = [];
  const weighted: WeightedPair[] = [];
  let seconds = 0;
  for await (const unmasked of predictions) {
    signal?.throwIfAborted();
    const start = performance.now();
    checkPrediction(unmasked, images);
    const prediction = priors?.masks ? maskPrediction(unmasked, priors.masks) : unmasked;
    addPrediction(running, prediction);
    if (images.length <= 2) ofFewImages.push(prediction);
    if (prediction.view1 !== prediction.view2) {
      pairs.push(scenePair(prediction));
      if (method === "global") weighted.push(weightedPair(prediction));
    }
    seconds += (performance.now() - start) / 1000;
  }
  const start = performance.now();
  const summary = finishSummary(running, priors?.likelyFocals);
  seconds += (performance.now() - start) / 1000;
  return { images, method, pairs, summary, ofFewImages, weighted, seconds };
}

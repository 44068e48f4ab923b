import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { AlignmentReport, Scene, ScenePair } from "../core/scene.ts";
import type { Size } from "../core/view.ts";
import type { AlignOptions } from "./align-options.ts";
import { checkPrediction } from "./check-prediction.ts";
import { alignMonocular } from "./monocular.ts";
import { alignPair } from "./pair.ts";
import { scenePair } from "./pair-confidence.ts";
import { addPrediction, emptySummary, type PredictionSummary } from "./prediction-summary.ts";
import { type ImageEstimate, sceneImages } from "./scene-images.ts";
import { alignSpanningTree } from "./spanning-tree.ts";

/**
 * Brings predictions for pairs of `images` (their network sizes, by index) into one scene of arbitrary units whose world
 * is the first registered image's camera. One image takes its prediction paired with itself; two images with both of
 * their ordered pairs take PnP on the surer one; all else takes the maximum spanning tree. Memory does not grow with the
 * number of pairs. Throws an `InputError` for predictions that are not finite or do not belong to the images. The
 * report's seconds leave out the time spent waiting for predictions.
 */
export async function align(
  images: readonly Size[],
  predictions: AsyncIterable<PairPrediction>,
  options: AlignOptions = {},
): Promise<Scene> {
  const { onProgress, signal } = options;
  const pairs: ScenePair[] = [];
  const ofFewImages: PairPrediction[] = [];
  let summary = emptySummary(images);
  let seconds = 0;
  for await (const prediction of predictions) {
    signal?.throwIfAborted();
    const start = performance.now();
    checkPrediction(prediction, images);
    summary = addPrediction(summary, prediction);
    if (images.length <= 2) ofFewImages.push(prediction);
    if (prediction.view1 !== prediction.view2) pairs.push(scenePair(prediction));
    seconds += (performance.now() - start) / 1000;
  }
  const start = performance.now();
  onProgress?.({ stage: "align", done: 0, total: images.length });
  const { method, estimates } = estimateImages(ofFewImages, summary, options);
  const aligned = sceneImages(estimates);
  onProgress?.({ stage: "align", done: images.length, total: images.length });
  seconds += (performance.now() - start) / 1000;
  return { units: "arbitrary", images: aligned, pairs, alignment: { method, loss: null, iterations: 0, seconds } };
}

interface Estimates {
  readonly method: AlignmentReport["method"];
  readonly estimates: readonly ImageEstimate[];
}

function estimateImages(
  ofFewImages: readonly PairPrediction[],
  summary: PredictionSummary,
  options: AlignOptions,
): Estimates {
  const find = (i: number, j: number) => ofFewImages.find(({ view1, view2 }) => view1 === i && view2 === j);
  if (summary.images.length === 1) {
    const itself = find(0, 0);
    if (itself === undefined) throw new InputError("a single image needs the prediction for itself paired with itself");
    return { method: "monocular", estimates: [alignMonocular(itself)] };
  }
  const forward = find(0, 1);
  const backward = find(1, 0);
  if (forward !== undefined && backward !== undefined) {
    return { method: "pair", estimates: alignPair([forward, backward], options) };
  }
  return { method: "spanning-tree", estimates: alignSpanningTree(summary, options) };
}

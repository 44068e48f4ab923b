import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { View, ViewPair } from "../core/view.ts";
import { loadViews } from "../images/load-views.ts";
import { findPictures, type PhotoInputs } from "../images/photo-input.ts";
import { inferPairs } from "../inference/infer-pairs.ts";
import { makePairs } from "../pairs/make-pairs.ts";
import { callModel, type Model, type ModelChoice } from "./open-model.ts";

/** The views of photos, and the network's predictions. */
export interface PredictedPairs {
  /** In the order of the photos. */
  readonly views: readonly View[];
  /** Every ordered pair of `views`, which are named by index; for a single photo, the photo paired with itself. */
  readonly predictions: readonly PairPrediction[];
  /** Warnings about how they were made, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * The network's predictions for a few photos, all in memory: matches, focal lengths and relative poses start from them.
 * For many photos `reconstruct` streams them instead.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function predictPairs(photos: PhotoInputs, options: ModelChoice = {}): Promise<PredictedPairs> {
  const { logger, onProgress, signal } = options;
  await using model = await callModel(options);
  const views = await loadViews(photos, { ...model.plan, logger, onProgress, signal });
  return { views, predictions: await predictViews(model, views, options), warnings: model.warnings };
}

/** As `predictPairs`, of exactly two photos; an `InputError` for more or fewer. */
export async function predictTwoPhotos(
  photos: PhotoInputs,
  options: ModelChoice = {},
): Promise<PredictedPairs & { readonly views: readonly [View, View]; readonly files: readonly Picture[] }> {
  const files = await findPictures(photos);
  if (files.length !== 2)
    throw new InputError(`two photos are expected; found ${files.length} (the same file counts once)`);
  const { views, ...predicted } = await predictPairs(files, options);
  return { views: views as [View, View], files, ...predicted };
}

/** Which pairs are predicted. */
export interface PredictViewsOptions extends RunOptions {
  /** All ordered pairs when left out. */
  readonly pairs?: readonly ViewPair[] | undefined;
}

/** The network's predictions for pairs of views. */
export async function predictViews(
  { network }: Pick<Model, "network">,
  views: readonly View[],
  { pairs = makePairs(views.length, { kind: "complete" }), onProgress, signal }: PredictViewsOptions = {},
): Promise<readonly PairPrediction[]> {
  const predictions: PairPrediction[] = [];
  for await (const prediction of inferPairs(network, views, pairs, { onProgress, signal }))
    predictions.push(prediction);
  return predictions;
}

import type { Logger } from "../core/logger.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { RunOptions } from "../core/progress.ts";
import type { View } from "../core/view.ts";
import { loadViews } from "../images/load-views.ts";
import type { PlanOptions } from "../images/plan-view.ts";
import { inferPairs } from "../inference/infer-pairs.ts";
import { openNetwork } from "../inference/open-network.ts";
import { makePairs } from "../pairs/make-pairs.ts";
import type { Device, Dtype } from "../runtime/device.ts";
import { openEngine } from "../runtime/engine.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { resolveModel } from "../weights/resolve-model.ts";

/** Which network looks at photos, where and how; everything may be left out. */
export interface NetworkOptions extends RunOptions {
  /** An embedded name, a file, a folder or a hub id; the embedded default when left out. */
  readonly model?: string | undefined;
  /** `auto` when left out. */
  readonly device?: Device | undefined;
  /** `fp32` when left out. */
  readonly dtype?: Dtype | undefined;
  /** Also looks at photos in the mirror: twice the work, fewer errors. As the weights say when left out. */
  readonly mirror?: boolean | undefined;
  /** CPU threads; all cores when left out. */
  readonly threads?: number | undefined;
  /** Pixels along a view's long side; what the model was trained with when left out. */
  readonly size?: number | undefined;
  /** How a photo is brought to the network's size. */
  readonly fit?: PlanOptions["fit"] | undefined;
  readonly logger?: Logger | undefined;
}

/** Photos as the network saw them, and what it said. */
export interface PredictedPairs {
  /** In the order of the photos. */
  readonly views: readonly View[];
  /** Every ordered pair of `views`, which are named by index; for a single photo, the photo paired with itself. */
  readonly predictions: readonly PairPrediction[];
}

/**
 * The network's answers for a few photos, all in memory: what the functions for single tasks start from. For many photos
 * `reconstruct` streams them instead.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function predictPairs(photos: readonly string[], options: NetworkOptions = {}): Promise<PredictedPairs> {
  const { size, fit, device, threads, logger, onProgress, signal } = options;
  const run = { onProgress, signal };
  const checkpoint = await resolveModel(options.model, { ...run, logger });
  const views = await loadViews(photos, { ...viewPlan(checkpoint, size, fit), ...run });
  await using engine = await openEngine({ device, threads, signal });
  const network = openNetwork(engine, checkpoint, options);
  const pairs = makePairs(views.length, { kind: "complete" });
  const predictions: PairPrediction[] = [];
  for await (const prediction of inferPairs(network, views, pairs, run)) predictions.push(prediction);
  return { views, predictions };
}

/** How photos are prepared for a network: its patch, and the size it was trained with unless another is asked for. */
export function viewPlan(checkpoint: Checkpoint, size?: number, fit?: PlanOptions["fit"]): PlanOptions {
  const { patchSize, imageSize } = checkpoint.config;
  const plan = { patchSize, size: size ?? Math.max(imageSize.width, imageSize.height) };
  return fit === undefined ? plan : { ...plan, fit };
}

import { memorySize } from "#platform";
import type { AlignMethod, AlignOptions } from "../alignment/align-options.ts";
import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Picture } from "../core/picture.ts";
import type { Scene } from "../core/scene.ts";
import type { View, ViewPair } from "../core/view.ts";
import type { Features } from "../features/features.ts";
import { inferPairs } from "../inference/infer-pairs.ts";
import { type KeepingInference, keepEncodings } from "../inference/keep-encodings.ts";
import { networkPriors } from "../priors/network-priors.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { type CanonicalOrder, inOrder, orderedPairs, workingOrder } from "./canonical-order.ts";
import { choosePairs } from "./choose-pairs.ts";
import { heldEncoding } from "./held-encodings.ts";
import { heldPredictions } from "./held-predictions.ts";
import type { Model } from "./open-model.ts";
import { type Overflow, openOverflow } from "./overflow.ts";
import { RECONSTRUCT_DEFAULTS, type SceneOptions } from "./reconstruct-options.ts";
import type { RefineViewsOptions } from "./refine-views.ts";
import { type RememberedFeatures, rememberedFeatures } from "./stored-features.ts";

/** Views and what is known of them, in the order of the work. */
export interface PredictViewsOptions extends SceneOptions {
  /** The views' photos, in the same order: without them cameras are not refined. */
  readonly files?: readonly Picture[] | undefined;
}

/** Views in the order of the work, and how they are aligned. */
export interface PredictedViews {
  readonly order: CanonicalOrder;
  readonly views: readonly View[];
  /** Of views in the order that was given. */
  readonly pairs: readonly ViewPair[];
  readonly pairing: Scene["pairing"];
  /** As they come. */
  readonly predictions: AsyncIterable<PairPrediction>;
  readonly how: AlignOptions & { readonly method: AlignMethod };
  /** Undefined where cameras are not refined. */
  readonly refinement: Pick<RefineViewsOptions, "files" | "features" | "featureSize" | "store"> | undefined;
}

/**
 * What is held of encodings, features and pairs at most, in bytes, however large memory is: files that were just written are read from the
 * system's cache, nearly as fast, and memory does not grow with the number of photos.
 */
const MOST_HELD = 256e6;

/** Where what is held of views goes that memory has no room for; it must be open as long as that is used. */
export function overflowOf(options: SceneOptions): Overflow {
  return openOverflow(Math.min(MOST_HELD, memoryOf(options) / 4));
}

function memoryOf({ memory = memorySize() / 2 }: SceneOptions): number {
  return memory;
}

/**
 * Chooses pairs of views and has the network predict them.
 * @throws InputError where predictions are to be in meters and are not
 */
export async function predictViews(
  { network }: Pick<Model, "network">,
  views: readonly View[],
  options: PredictViewsOptions & { readonly overflow: Overflow },
): Promise<PredictedViews> {
  const { pairs = RECONSTRUCT_DEFAULTS.pairs, minConfidence, seed, store, files, onProgress, signal } = options;
  const { align: method = RECONSTRUCT_DEFAULTS.align, refine = RECONSTRUCT_DEFAULTS.refine } = options;
  const { featureSize, overflow } = options;
  const run = { onProgress, signal };
  if (options.priors?.predictionsInMeters) requireMeters(network.checkpoint);
  const order = await workingOrder(views, method);
  const ordered = inOrder(views, order);
  const priors = await networkPriors(ordered, options.priors ?? {}, options.logger);
  const once = keepEncodings(network, {
    bytes: memoryOf(options) / 8,
    hold: (encoded) => heldEncoding(encoded, overflow),
  });
  const features = files && rememberedFeatures(views, { ...run, files, featureSize, store, overflow });
  const { pairs: chosen, pairing } = await choosePairs(once, views, pairs, { ...run, store, features: features?.find });
  const inferred = inferPairs(once, ordered, orderedPairs(chosen, order), { ...run, store });
  const isRefined = files !== undefined && views.length > 1 && refine !== "none" && method === "global";
  return {
    order,
    views: ordered,
    pairs: chosen,
    pairing,
    predictions: heldPredictions(thenForgotten(inferred, once), overflow),
    how: { ...run, method, priors, minConfidence, seed },
    refinement: isRefined
      ? {
          files: inOrder(files, order),
          features: features && (async () => inOrder(await lastOf(features), order)),
          featureSize,
          store,
        }
      : undefined,
  };
}

/** The features, which nobody asks for again: a quarter of a megabyte a photo is free when whoever asked is done. */
async function lastOf(features: RememberedFeatures): Promise<readonly Features[]> {
  const found = await features.find();
  features.forget();
  return found;
}

/** The predictions; after the last one the network's encodings are let go, which a generator that is done still holds. */
async function* thenForgotten(
  predictions: AsyncIterable<PairPrediction>,
  network: KeepingInference,
): AsyncGenerator<PairPrediction> {
  yield* predictions;
  network.forget();
}

/**
 * Refuses to take the predictions of a network that was not trained on metric depth for meters: their scale is
 * arbitrary.
 */
function requireMeters({ name, config }: Checkpoint): void {
  if (config.metric) return;
  throw new InputError(
    `${name} does not predict meters: its scenes have no unit. A known distance or known poses in meters give one; ` +
      'weights that were trained on meters say "metric": true in their config.json',
  );
}

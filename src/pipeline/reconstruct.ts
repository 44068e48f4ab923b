import { memorySize } from "#platform";
import { InputError } from "../core/errors.ts";
import { type Logger, rememberWarnings } from "../core/logger.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Picture } from "../core/picture.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { loadPhotos } from "../images/load-views.ts";
import { findPictures, type PhotoInputs } from "../images/photo-input.ts";
import { inferPairs } from "../inference/infer-pairs.ts";
import { keepEncodings } from "../inference/keep-encodings.ts";
import { networkPriors } from "../priors/network-priors.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { alignRefined, alignViews } from "./align-views.ts";
import { givenOrder, inOrder, orderedPairs, workingOrder } from "./canonical-order.ts";
import { choosePairs } from "./choose-pairs.ts";
import { denseWarnings } from "./dense-warnings.ts";
import { estimateDense } from "./estimate-dense.ts";
import { heldPredictions, predictionHolder } from "./held-predictions.ts";
import { callModel, type Model, type ModelChoice } from "./open-model.ts";
import { pairsWithout } from "./pairs-without.ts";
import { RECONSTRUCT_DEFAULTS, type SceneOptions } from "./reconstruct-options.ts";
import { type Reconstruction, reconstructedPhotos } from "./reconstruction.ts";
import { stopwatch } from "./stopwatch.ts";
import { rememberedFeatures } from "./stored-features.ts";
import { bentLines, withoutFoundLenses } from "./straightened-views.ts";

/** How to reconstruct; everything may be left out. */
export interface ReconstructOptions extends ModelChoice, SceneOptions {}

/**
 * Photos in, scene out: the whole pipeline. Photos of folders are among them; the scene's images keep their order.
 * @throws InputError, FormatError, CapabilityError with what to do about it; the signal's reason when aborted
 */
export async function reconstruct(photos: PhotoInputs, options: ReconstructOptions = {}): Promise<Reconstruction> {
  const { onProgress, signal } = options;
  const clock = stopwatch();
  const found = await findPictures(photos);
  await using model = await callModel(options);
  clock.lap("model");
  const { priors, skipBroken, pairs = RECONSTRUCT_DEFAULTS.pairs } = options;
  const { logger, warnings } = rememberWarnings(options.logger);
  const {
    views: loaded,
    files,
    kept,
  } = await loadPhotos(found, {
    ...model.plan,
    lenses: priors?.lenses,
    skipBroken,
    logger,
    onProgress,
    signal,
  });
  clock.lap("images");
  const { scene, views, alignment, refinement } = await reconstructStraight(model, loaded, {
    ...options,
    logger,
    pairs: pairsWithout(pairs, kept),
    files,
  });
  clock.lap("inference");
  const dense = options.dense === "stereo" ? await estimateDense(scene, views, { ...options, files }) : undefined;
  if (dense) clock.lap("stereo");
  return {
    photos: reconstructedPhotos(scene, views),
    scene,
    views,
    files,
    dense,
    warnings: [...model.warnings, ...warnings, ...denseWarnings(dense)],
    run: {
      model: { name: model.checkpoint.name, dtype: model.network.dtype, device: model.device },
      timings: {
        ...clock.laps,
        inference: clock.laps.inference! - alignment - refinement,
        alignment,
        ...(scene.refinement && { refinement }),
      },
      peakMemoryBytes: await model.peakMemory(),
    },
  };
}

/** A scene and its views, and the seconds that alignment and refinement took. */
interface StraightScene {
  readonly scene: Scene;
  readonly views: readonly View[];
  readonly alignment: number;
  readonly refinement: number;
}

/** As `reconstructViews`; where features tell that lenses bend lines, a second time with these made straight. */
async function reconstructStraight(
  model: Model,
  views: readonly View[],
  options: ReconstructViewsOptions & { readonly files: readonly Picture[]; readonly logger: Logger },
): Promise<StraightScene> {
  const { files, logger, priors } = options;
  const first = await reconstructViews(model, views, options);
  const seconds = { alignment: first.alignment.seconds, refinement: first.refinement?.seconds ?? 0 };
  const lenses = first.refinement?.lenses ?? [];
  if (lenses.length === 0) return { scene: first, views, ...seconds };
  if (priors?.knownDistance !== undefined) {
    // Its pixels are of the photos as they are.
    logger.warn(`${bentLines(lenses, views)}: they stay bent, for a distance is known between pixels of such photos.`);
    return { scene: first, views, ...seconds };
  }
  const straight = await withoutFoundLenses(views, lenses, { files, plan: model.plan, logger });
  const scene = await reconstructViews(model, straight, options);
  return {
    scene,
    views: straight,
    alignment: seconds.alignment + scene.alignment.seconds,
    refinement: seconds.refinement + (scene.refinement?.seconds ?? 0),
  };
}

/** How views are reconstructed. */
export interface ReconstructViewsOptions extends SceneOptions {
  /** The views' photos, in the same order: without them cameras are not refined. */
  readonly files?: readonly Picture[] | undefined;
  /** Called with every prediction. */
  readonly onPrediction?: ((prediction: PairPrediction) => void) | undefined;
}

/** As `reconstruct`, of views that are there and at network resolution. */
export async function reconstructViews(
  { network }: Pick<Model, "network">,
  views: readonly View[],
  options: ReconstructViewsOptions = {},
): Promise<Scene> {
  const { pairs = RECONSTRUCT_DEFAULTS.pairs, minConfidence, seed, store, files, onProgress, signal } = options;
  const { align: method = RECONSTRUCT_DEFAULTS.align, refine = RECONSTRUCT_DEFAULTS.refine } = options;
  const run = { onProgress, signal };
  if (options.priors?.predictionsInMeters) requireMeters(network.checkpoint);
  const order = await workingOrder(views, method);
  const ordered = inOrder(views, order);
  const priors = await networkPriors(ordered, options.priors ?? {}, options.logger);
  const memory = options.memory ?? memorySize() / 2;
  const once = keepEncodings(network, { bytes: memory / 8 });
  await using holder = predictionHolder(memory / 4);
  const features = files && rememberedFeatures(views, { ...run, files, featureSize: options.featureSize, store });
  const { pairs: chosen, pairing } = await choosePairs(once, views, pairs, { ...run, store, features });
  const inferred = inferPairs(once, ordered, orderedPairs(chosen, order), { ...run, store });
  const seen = told(inferred, ({ view1, view2, ...prediction }) =>
    options.onPrediction?.({ ...prediction, view1: order.views[view1]!, view2: order.views[view2]! }),
  );
  const predictions = heldPredictions(seen, holder);
  const how = { ...run, method, priors, minConfidence, seed };
  const scene =
    files === undefined || views.length < 2 || refine === "none" || method !== "global"
      ? await alignViews(ordered, predictions, how)
      : await alignRefined(ordered, predictions, {
          ...how,
          files: inOrder(files, order),
          features: features && (async () => inOrder(await features(), order)),
          featureSize: options.featureSize,
          store,
        });
  const posed = priors.worldFromCam?.some((pose) => pose) ?? false;
  return { ...givenOrder(scene, order, { pairs: chosen, posed }), pairing };
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

async function* told(
  predictions: AsyncGenerator<PairPrediction>,
  onPrediction: (prediction: PairPrediction) => void,
): AsyncGenerator<PairPrediction> {
  for await (const prediction of predictions) {
    onPrediction(prediction);
    yield prediction;
  }
}

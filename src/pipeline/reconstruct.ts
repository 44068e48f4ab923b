import type { DenseScene } from "../core/dense-scene.ts";
import { type Logger, rememberWarnings } from "../core/logger.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Picture } from "../core/picture.ts";
import type { Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { loadPhotos } from "../images/load-views.ts";
import { findPictures, type PhotoInputs } from "../images/photo-input.ts";
import { alignRefined, alignViews } from "./align-views.ts";
import { type CanonicalOrder, givenOrder } from "./canonical-order.ts";
import { denseWarnings } from "./dense-warnings.ts";
import { estimateDense, hasExactCamera } from "./estimate-dense.ts";
import { byMeasuredDistance } from "./measured-distance.ts";
import { callModel, type Model, type ModelChoice } from "./open-model.ts";
import { pairsWithout } from "./pairs-without.ts";
import { overflowOf, type PredictViewsOptions, predictViews } from "./predicted-views.ts";
import { asksForDepth, MOST_MEASURED, RECONSTRUCT_DEFAULTS, type SceneOptions } from "./reconstruct-options.ts";
import { type Reconstruction, reconstructedPhotos } from "./reconstruction.ts";
import { stopwatch } from "./stopwatch.ts";
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
  const { views, alignment, refinement, peakMemoryBytes, ...aligned } = await reconstructStraight(model, loaded, {
    ...options,
    logger,
    pairs: pairsWithout(pairs, kept),
    files,
  });
  clock.lap("inference");
  const { scene, dense } = isMeasured(aligned.scene, options)
    ? await measured(aligned.scene, views, { ...options, files })
    : { scene: aligned.scene };
  if (dense) clock.lap("stereo");
  const { inference, stereo, ...before } = clock.laps;
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
        ...before,
        inference: inference! - alignment - refinement,
        alignment,
        ...(scene.refinement && { refinement }),
        ...(dense && { stereo: stereo! }),
      },
      peakMemoryBytes,
    },
  };
}

async function measured(
  scene: Scene,
  views: readonly View[],
  options: ReconstructOptions & { readonly files: readonly Picture[] },
): Promise<{ readonly scene: Scene; readonly dense?: DenseScene }> {
  return await byMeasuredDistance({ scene, dense: await estimateDense(scene, views, options) }, views, options.priors);
}

/** Whether depth is to be measured between the photos of a scene. */
export function isMeasured({ images }: Scene, { dense = RECONSTRUCT_DEFAULTS.dense, logger }: SceneOptions): boolean {
  if (dense === "auto" && images.filter(hasExactCamera).length < 2) return false;
  const isAsked = asksForDepth(images.length, dense);
  if (dense === "auto" && !isAsked)
    logger?.info(
      `depth is the network's own: between more than ${MOST_MEASURED} photos it is measured only with --dense stereo`,
    );
  return isAsked;
}

/** A scene, and the most memory that the network's process took. */
interface PredictedScene {
  readonly scene: Scene;
  readonly peakMemoryBytes: number;
}

/** With its views, and the seconds that alignment and refinement took. */
interface StraightScene extends PredictedScene {
  readonly views: readonly View[];
  readonly alignment: number;
  readonly refinement: number;
}

/** As `reconstructViewsAndClose`; where features tell that lenses bend lines, a second time with these made straight. */
async function reconstructStraight(
  model: Model,
  views: readonly View[],
  options: ReconstructOptions &
    ReconstructViewsOptions & { readonly files: readonly Picture[]; readonly logger: Logger },
): Promise<StraightScene> {
  const { files, logger, priors } = options;
  const { scene: first, peakMemoryBytes } = await reconstructViewsAndClose(model, views, options);
  const seconds = { alignment: first.alignment.seconds, refinement: first.refinement?.seconds ?? 0 };
  const lenses = first.refinement?.lenses ?? [];
  if (lenses.length === 0) return { scene: first, views, peakMemoryBytes, ...seconds };
  if (priors?.knownDistance !== undefined) {
    // Its pixels are of the photos as they are.
    logger.warn(`${bentLines(lenses, views)}: they stay bent, for a distance is known between pixels of such photos.`);
    return { scene: first, views, peakMemoryBytes, ...seconds };
  }
  const straight = await withoutFoundLenses(views, lenses, { files, plan: model.plan, logger });
  await using again = await callModel(options);
  const { scene, ...second } = await reconstructViewsAndClose(again, straight, options);
  return {
    scene,
    views: straight,
    peakMemoryBytes: Math.max(peakMemoryBytes, second.peakMemoryBytes),
    alignment: seconds.alignment + scene.alignment.seconds,
    refinement: seconds.refinement + (scene.refinement?.seconds ?? 0),
  };
}

/** As `reconstructViews`; a model that was opened for the call is closed as soon as it has predicted all pairs: refining and measuring need memory, too. */
async function reconstructViewsAndClose(
  model: Model,
  views: readonly View[],
  options: ReconstructViewsOptions,
): Promise<PredictedScene> {
  let peakMemoryBytes = 0;
  const onPredicted = async () => {
    peakMemoryBytes = await model.peakMemory();
    await model[Symbol.asyncDispose]();
  };
  const scene = await reconstructViews(model, views, { ...options, onPredicted });
  return { scene, peakMemoryBytes };
}

/** How views are reconstructed. */
export interface ReconstructViewsOptions extends PredictViewsOptions {
  /** Called with every prediction. */
  readonly onPrediction?: ((prediction: PairPrediction) => void) | undefined;
  /** Called after the last one: the network is not asked again. */
  readonly onPredicted?: (() => Promise<void>) | undefined;
}

/** As `reconstruct`, of views that are there and at network resolution. */
export async function reconstructViews(
  model: Pick<Model, "network">,
  views: readonly View[],
  options: ReconstructViewsOptions = {},
): Promise<Scene> {
  await using overflow = overflowOf(options);
  const predicted = await predictViews(model, views, { ...options, overflow });
  const { order, pairs, pairing, how, refinement } = predicted;
  const predictions = told(predicted.predictions, order, options);
  const scene = refinement
    ? await alignRefined(predicted.views, predictions, { ...how, ...refinement })
    : await alignViews(predicted.views, predictions, how);
  const posed = how.priors?.worldFromCam?.some((pose) => pose) ?? false;
  return { ...givenOrder(scene, order, { pairs, posed }), pairing };
}

/** The predictions, as they come; of views in the order that was given where they are told. */
async function* told(
  predictions: AsyncIterable<PairPrediction>,
  order: CanonicalOrder,
  { onPrediction, onPredicted }: ReconstructViewsOptions,
): AsyncGenerator<PairPrediction> {
  for await (const prediction of predictions) {
    const { view1, view2 } = prediction;
    onPrediction?.({ ...prediction, view1: order.views[view1]!, view2: order.views[view2]! });
    yield prediction;
  }
  await onPredicted?.();
}

import { InputError } from "../core/errors.ts";
import type { ImagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { AlignmentReport, AlignmentWarning, Scene, ScenePair } from "../core/scene.ts";
import type { AlignMethod, AlignOptions, AlignPriors, KnownDistance } from "./align-options.ts";
import { checkPrediction } from "./check-prediction.ts";
import { checkPriors } from "./check-priors.ts";
import { withoutOccluders } from "./clean.ts";
import { type Estimates, estimateGlobally } from "./estimate-globally.ts";
import { focalSources } from "./focal-sources.ts";
import type { WeightedPair } from "./global/observation.ts";
import { alignIndividually } from "./individual.ts";
import { maskPrediction } from "./mask-prediction.ts";
import { metersPerUnit, predictedMetersPerUnit, scaleComponent } from "./metric-scale.ts";
import { alignMonocular } from "./monocular.ts";
import { alignPair } from "./pair.ts";
import { scenePair } from "./pair-confidence.ts";
import {
  addPrediction,
  emptySummary,
  finishSummary,
  type ImageEvidence,
  type PredictionSummary,
  type RunningSummary,
} from "./prediction-summary.ts";
import { sceneImages, seenFromFirstCameras } from "./scene-images.ts";
import { alignSpanningTree } from "./spanning-tree.ts";
import { weightedPair } from "./weighted-pair.ts";

/** Known poses and a known distance may differ by this much before it is said. */
const DISTANCE_TOLERANCE = 0.1;

/**
 * Brings predictions for pairs of `images` (their network sizes, by index) into one scene. Its world is the first
 * registered image's camera and its units are arbitrary, unless priors say otherwise. One image takes its prediction
 * paired with itself; for more see `AlignMethod`. Global alignment holds the pointmaps of all pairs, once; the other
 * methods a number that does not grow with that of the pairs. Throws an `InputError` for predictions that are not finite
 * or do not belong to the images, and for impossible priors. The report's seconds leave out the time spent waiting for
 * predictions.
 */
export async function align(
  images: readonly ImagePlane[],
  predictions: AsyncIterable<PairPrediction>,
  options: AlignOptions = {},
): Promise<Scene> {
  const { onProgress, signal, priors } = options;
  checkPriors(images, options);
  const method = chooseMethod(images.length, options);
  const pairs: ScenePair[] = [];
  const kept: Kept = { summary: emptySummary(images), ofFewImages: [], weighted: [] };
  let seconds = 0;
  for await (const unmasked of predictions) {
    signal?.throwIfAborted();
    const start = performance.now();
    checkPrediction(unmasked, images);
    const prediction = priors?.masks ? maskPrediction(unmasked, priors.masks) : unmasked;
    addPrediction(kept.summary, prediction);
    if (images.length <= 2) kept.ofFewImages.push(prediction);
    if (prediction.view1 !== prediction.view2) {
      pairs.push(scenePair(prediction));
      if (method === "global") kept.weighted.push(weightedPair(prediction));
    }
    seconds += (performance.now() - start) / 1000;
  }
  const start = performance.now();
  onProgress?.({ stage: "align", done: 0, total: images.length });
  const summary = finishSummary(kept.summary, priors?.likelyFocals);
  const found = await estimateImages(method, { ...kept, summary }, options);
  const estimates = inMeters(found, summary.images, options);
  const placed = sceneImages(estimates.images, focalSources(estimates.images, summary.images, priors));
  const aligned = options.clean ? withoutOccluders(placed) : placed;
  onProgress?.({ stage: "align", done: images.length, total: images.length });
  seconds += (performance.now() - start) / 1000;
  return {
    units: estimates.units,
    images: aligned,
    pairs: pairs.map((pair, k) => ({ ...pair, fit: estimates.fits?.[k] })),
    alignment: { ...estimates.report, seconds },
    warnings: [...estimates.warnings, ...exifContradictions(summary, priors)],
  };
}

/** Images whose likely focal length was not believed, and mattered. */
function exifContradictions(
  { images }: PredictionSummary,
  { likelyFocals = [], intrinsics }: AlignPriors = {},
): AlignmentWarning[] {
  return images.flatMap(({ focal, likelyFocal }, image) => {
    const likely = likelyFocals[image];
    if (likely === undefined || likelyFocal !== undefined || focal === undefined || intrinsics?.[image]) return [];
    return [{ kind: "exif-contradicts-points", image, ratio: likely / focal }];
  });
}

/** What is kept of the streamed predictions. */
interface Kept<Summary = RunningSummary> {
  readonly summary: Summary;
  readonly ofFewImages: PairPrediction[];
  readonly weighted: WeightedPair[];
}

function chooseMethod(count: number, { method = "global" }: AlignOptions): AlignMethod | "monocular" {
  return count === 1 ? "monocular" : method;
}

async function estimateImages(
  method: AlignMethod | "monocular",
  { summary, ofFewImages, weighted }: Kept<PredictionSummary>,
  options: AlignOptions,
): Promise<Estimates> {
  const focals = summary.images.map(({ focal }) => focal);
  const find = (i: number, j: number) => ofFewImages.find(({ view1, view2 }) => view1 === i && view2 === j);
  if (method === "monocular") {
    const itself = find(0, 0);
    if (itself === undefined) throw new InputError("a single image needs the prediction for itself paired with itself");
    return closedForm("monocular", [alignMonocular(itself, focals[0])]);
  }
  if (method === "none") return closedForm("none", alignIndividually(summary));
  if (method === "global") {
    const global = await estimateGlobally(summary.images, weighted, options);
    if (global !== undefined) return global;
  }
  const forward = find(0, 1);
  const backward = find(1, 0);
  if (forward !== undefined && backward !== undefined) {
    return closedForm("pair", seenFromFirstCameras(alignPair([forward, backward], focals, options)));
  }
  return closedForm("spanning-tree", seenFromFirstCameras(alignSpanningTree(summary, options)));
}

function closedForm(method: AlignmentReport["method"], images: Estimates["images"]): Estimates {
  return { images, units: "arbitrary", report: { method, loss: null, iterations: 0 }, warnings: [] };
}

/** The estimates in meters, where a distance is known or the predictions are, and poses have not told meters already. */
function inMeters(estimates: Estimates, evidence: readonly ImageEvidence[], { priors }: AlignOptions): Estimates {
  const { knownDistance, predictionsInMeters = false } = priors ?? {};
  if (knownDistance !== undefined) return byKnownDistance(estimates, knownDistance);
  return predictionsInMeters && estimates.units !== "metres" ? byPredictions(estimates, evidence) : estimates;
}

function byKnownDistance(estimates: Estimates, known: KnownDistance): Estimates {
  const factor = metersPerUnit(estimates.images, known);
  const component = estimates.images[known.image]!.placement?.component;
  if (estimates.units === "metres" && component === 0) {
    if (Math.abs(Math.log(factor)) < DISTANCE_TOLERANCE) return estimates;
    const warning: AlignmentWarning = { kind: "distance-contradicts-poses", ratio: factor };
    return { ...estimates, warnings: [...estimates.warnings, warning] };
  }
  const images = scaleComponent(estimates.images, component, factor);
  return { ...estimates, images, units: component === 0 ? "metres" : estimates.units };
}

/** Every component by what is predicted of its own images. */
function byPredictions(estimates: Estimates, evidence: readonly ImageEvidence[]): Estimates {
  let { images, units } = estimates;
  for (const component of new Set(images.flatMap(({ placement }) => placement?.component ?? []))) {
    const factor = predictedMetersPerUnit(images, evidence, component);
    if (factor === undefined) continue;
    images = scaleComponent(images, component, factor);
    if (component === 0) units = "metres";
  }
  return { ...estimates, images, units };
}

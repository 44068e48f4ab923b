import { InputError } from "../core/errors.ts";
import type { ImagePlane } from "../core/image-plane.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { AlignmentReport, AlignmentWarning, Scene } from "../core/scene.ts";
import type { AlignOptions, AlignPriors, KnownDistance } from "./align-options.ts";
import { checkPriors } from "./check-priors.ts";
import { withoutOccluders } from "./clean.ts";
import { type Estimates, estimateGlobally } from "./estimate-globally.ts";
import { focalSources } from "./focal-sources.ts";
import { type GatheredPairs, gatherPairs } from "./gather-pairs.ts";
import { type AlignEffort, type AlignedImages, alignGlobally } from "./global/global-alignment.ts";
import { alignIndividually } from "./individual.ts";
import { metersPerUnit, predictedMetersPerUnit, scaleComponent } from "./metric-scale.ts";
import { alignMonocular } from "./monocular.ts";
import { alignPair } from "./pair.ts";
import type { ImageEvidence, PredictionSummary } from "./prediction-summary.ts";
import { sceneImages, seenFromFirstCameras } from "./scene-images.ts";
import { alignSpanningTree } from "./spanning-tree.ts";

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
  const gathered = await gatherPairs(images, predictions, options);
  const { scene } = await alignGathered(gathered, options);
  const seconds = gathered.seconds + scene.alignment.seconds;
  return { ...scene, alignment: { ...scene.alignment, seconds } };
}

/** A scene, and what another alignment of the same pairs may go on from. */
export interface Aligned {
  readonly scene: Scene;
  /** None unless global alignment found it. */
  readonly groups: readonly AlignedImages[];
}

/** The second half of `align`: once more with other poses and intrinsics given, it goes on from what it came to. */
export async function alignGathered(
  { images, method, pairs, summary, ofFewImages, weighted }: GatheredPairs,
  options: AlignOptions = {},
  how: AlignEffort = {},
): Promise<Aligned> {
  const { onProgress, priors } = options;
  checkPriors(images, options);
  const start = performance.now();
  onProgress?.({ stage: "align", done: 0, total: images.length });
  const groups = method === "global" ? await alignGlobally(summary.images, weighted, options, how) : [];
  const found =
    estimateGlobally(summary.images, { pairs: weighted, groups }, options) ??
    estimateInClosedForm(method, { summary, ofFewImages }, options);
  const estimates = inMeters(found, summary.images, options);
  const placed = sceneImages(estimates.images, focalSources(estimates.images, summary.images, priors));
  const aligned = options.clean ? withoutOccluders(placed) : placed;
  onProgress?.({ stage: "align", done: images.length, total: images.length });
  const scene = {
    units: estimates.units,
    images: aligned,
    pairs: pairs.map((pair, k) => ({ ...pair, fit: estimates.fits?.[k] })),
    alignment: { ...estimates.report, seconds: (performance.now() - start) / 1000 },
    warnings: [...estimates.warnings, ...exifContradictions(summary, priors)],
  };
  return { scene, groups };
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

function estimateInClosedForm(
  method: GatheredPairs["method"],
  { summary, ofFewImages }: Pick<GatheredPairs, "summary" | "ofFewImages">,
  options: AlignOptions,
): Estimates {
  const focals = summary.images.map(({ focal }) => focal);
  const find = (i: number, j: number) => ofFewImages.find(({ view1, view2 }) => view1 === i && view2 === j);
  if (method === "monocular") {
    const itself = find(0, 0);
    if (itself === undefined) throw new InputError("a single image needs the prediction for itself paired with itself");
    return closedForm("monocular", [alignMonocular(itself, focals[0])]);
  }
  if (method === "none") return closedForm("none", alignIndividually(summary));
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

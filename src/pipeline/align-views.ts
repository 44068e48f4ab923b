import { align, alignGathered } from "../alignment/align.ts";
import type { AlignOptions } from "../alignment/align-options.ts";
import { gatherPairs } from "../alignment/gather-pairs.ts";
import { imagePlane } from "../core/image-plane.ts";
import type { KnownLens } from "../core/known-lens.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { AlignmentWarning, Scene } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import type { RadialLens } from "../refinement/found-lenses.ts";
import { contradictedPoses } from "./contradicted-poses.ts";
import { type KnownPlaces, keepConnected } from "./keep-connected.ts";
import { type RefineViewsOptions, refineViews } from "./refine-views.ts";
import { verifiedBy, withRefinedCameras } from "./refined-scene.ts";

/** One scene from the network's predictions for pairs of views, with those photos registered that the evidence or a given pose supports. */
export async function alignViews(
  views: readonly View[],
  predictions: AsyncIterable<PairPrediction>,
  options: AlignOptions = {},
): Promise<Scene> {
  return fromNetwork(await align(views.map(imagePlane), predictions, options), { isPosed: posedBy(options) });
}

/**
 * As `alignViews`, with cameras refined on the photos' features where these agree beyond chance; alignment then finds all
 * other cameras and all depths anew, given the refined cameras. Holds the predictions, as they come.
 */
export async function alignRefined(
  views: readonly View[],
  predictions: AsyncIterable<PairPrediction>,
  {
    files,
    features,
    featureSize,
    store,
    ...options
  }: AlignOptions & Omit<RefineViewsOptions, "isPosed" | "masks" | "camerasAreGuessed">,
): Promise<Scene> {
  const gathered = await gatherPairs(views.map(imagePlane), predictions, options);
  const draft = await alignGathered(gathered, options, { isDraft: true });
  const isPosed = posedBy(options);
  const { onProgress, signal, seed } = options;
  const started = performance.now();
  const refined = await refineViews(draft.scene, views, {
    files,
    features,
    isPosed,
    masks: options.priors?.masks,
    camerasAreGuessed: options.priors?.camerasAreGuessed,
    seed,
    featureSize,
    store,
    onProgress,
    signal,
  });
  const refinement = {
    verifiedPairs: refined.verified.length,
    unexplainedPairs: refined.unexplained,
    points: refined.points.count,
    rotations: refined.verified.flatMap(({ photo1, photo2, verdict }) =>
      verdict === "rotation" ? [[photo1, photo2] as const] : [],
    ),
    contradicted: contradictedPoses(refined.verified, options.priors?.worldFromCam),
    verifiedImages: [...new Set(refined.verified.flatMap(({ photo1, photo2 }) => [photo1, photo2]))].sort(
      (a, b) => a - b,
    ),
    loose: refined.loose.map(({ photos: images, hinge }) => ({ images, hinge })),
    lenses: refined.lenses.flatMap((lens, image) => (lens ? { image, lens: knownLens(lens, views[image]!) } : [])),
    seconds: (performance.now() - started) / 1000,
  };
  const inAll = (scene: Scene): Scene => {
    const seconds = gathered.seconds + draft.scene.alignment.seconds + scene.alignment.seconds;
    return { ...scene, alignment: { ...scene.alignment, seconds }, refinement };
  };
  if (refined.points.count === 0) {
    const { scene } = await alignGathered(gathered, options, { from: draft.groups });
    return inAll(fromNetwork(scene, { isPosed, areVerified: verifiedBy(refined) }));
  }
  const scene = await withRefinedCameras(refined, { gathered, draft, views, options });
  return inAll({ ...scene, warnings: allWarnings(draft.scene, scene) });
}

function knownLens({ fx, fy, k1, k2 }: RadialLens, { original }: View): KnownLens {
  const distortion = { model: "radial", k: [k1, k2], p: [0, 0] } as const;
  return { fx, fy, principalPoint: undefined, size: original, distortion };
}

/** Those of the second alignment; what EXIF data contradict is known from the first, before intrinsics were refined. */
function allWarnings(coarse: Scene, { warnings = [] }: Scene): readonly AlignmentWarning[] {
  const isOfExif = ({ kind }: AlignmentWarning) => kind === "exif-contradicts-points";
  return [...warnings.filter((warning) => !isOfExif(warning)), ...(coarse.warnings ?? []).filter(isOfExif)];
}

/** The aligned scene with what the evidence supports. */
function fromNetwork(scene: Scene, places: KnownPlaces): Scene {
  const { isPosed } = places;
  const { images, ...connected } = keepConnected(scene, places);
  return {
    ...connected,
    images: images.map((image, i) => ({ ...image, poseSource: isPosed(i) ? "given" : "network" })),
  };
}

/** Of which images poses are given. */
export function posedBy({ priors }: AlignOptions): (image: number) => boolean {
  return (image) => priors?.worldFromCam?.[image] !== undefined;
}

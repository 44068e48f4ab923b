import { type Aligned, alignGathered } from "../alignment/align.ts";
import type { AlignOptions, AlignPriors } from "../alignment/align-options.ts";
import type { GatheredPairs } from "../alignment/gather-pairs.ts";
import type { AlignmentWarning, Scene, SceneImage } from "../core/scene.ts";
import { selectRows } from "../core/select-rows.ts";
import { shownPoints, type TrackPoints, trackPointsIn, trackPointsOf } from "../core/track-points.ts";
import { unorderedPairKey } from "../core/unordered-pair.ts";
import { upperMedian } from "../core/upper-median.ts";
import type { View } from "../core/view.ts";
import { networkIntrinsics } from "../geometry/pixel-mapping.ts";
import { depthsOf, invertRigid, transformPoints, translationOf } from "../geometry/pose.ts";
import type { RefinedCamera, RefinedCameras } from "../refinement/refine-cameras.ts";
import type { RefinedPoints } from "../refinement/refined-points.ts";
import { keepConnected } from "./keep-connected.ts";
import { worldOfFirstCamera } from "./world-of-first-camera.ts";

/** A draft of a scene, and what it was made of. */
export interface DraftScene {
  readonly gathered: GatheredPairs;
  readonly draft: Aligned;
  readonly views: readonly View[];
  readonly options: AlignOptions;
}

/**
 * Focal lengths that differ by a greater factor are told. The network's is within a quarter in the median, and hardly ever off
 * by so much; features of narrow or flat scenes fit a wrong one as well as the right one.
 */
const FOCAL_FACTOR = 2;
/** Fewer triangulated points do not set the scale of a photo's depth. */
const LEAST_ANCHORS = 12;

/**
 * The scene with refined cameras: alignment with these given finds the cameras of the other photos and all depths, and each
 * refined photo's depth gets the scale of the triangulated points that it shows.
 */
export async function withRefinedCameras(
  refined: RefinedCameras,
  { gathered, draft, views, options }: DraftScene,
): Promise<Scene> {
  const coarse = draft.scene;
  const given = options.priors ?? {};
  const isGiven = (image: number) => given.worldFromCam?.[image] !== undefined;
  const hasIntrinsics = (image: number) => given.intrinsics?.[image] !== undefined;
  const priors = refinedPriors(refined, views, given);
  const { scene: aligned } = await alignGathered(gathered, { ...options, priors }, { from: draft.groups });
  const placed = withAllRefined(aligned, coarse, { refined, priors });
  const isPosed = (image: number) => priors.worldFromCam?.[image] !== undefined;
  const connected = keepConnected(placed, { isPosed, areVerified: verifiedBy(refined) });
  const tracks = scaledTracks(refined, connected, views);
  const shown = shownPoints(tracks, views.length);
  const images = connected.images.map((image, i) => {
    const camera = refined.cameras[i];
    if (camera === undefined || !image.registered) {
      const hasSiblings = image.registered && refined.siblings[i] !== undefined && !hasIntrinsics(i);
      const focalSource = hasSiblings ? ("features" as const) : image.focalSource;
      return { ...image, focalSource, poseSource: isGiven(i) ? ("given" as const) : ("network" as const) };
    }
    const { points, observations } = shown(i);
    const anchors = {
      positions: selectRows(tracks.positions, points, 3),
      pixels: selectRows(tracks.pixels, observations),
    };
    return {
      ...anchored(image, anchors),
      focalSource: refinedFocalSource(camera, { image, coarse: coarse.images[i]!, isGiven: hasIntrinsics(i) }),
      poseSource: isGiven(i) ? ("given" as const) : ("refined" as const),
    };
  });
  const warnings = [
    ...(connected.warnings ?? []),
    ...focalDoubts(images, coarse),
    ...croppedPhotos(refined, images, views),
  ];
  const scene = { ...connected, images, warnings, tracks };
  return worldOfFirstCamera(scene, { posed: views.some((_, i) => isGiven(i)) });
}

/** Which two photos have features that agree beyond chance, in either order. */
export function verifiedBy({ verified }: RefinedCameras): (image1: number, image2: number) => boolean {
  const keys = new Set(verified.map(({ photo1, photo2 }) => unorderedPairKey(photo1, photo2)));
  return (image1, image2) => keys.has(unorderedPairKey(image1, image2));
}

/** Where a refined camera's focal length comes from: from what was known before, if features do not fix it any better. */
function refinedFocalSource(
  { isFocalMeasured }: RefinedCamera,
  { image, coarse, isGiven }: { readonly image: SceneImage; readonly coarse: SceneImage; readonly isGiven: boolean },
): SceneImage["focalSource"] {
  if (isGiven) return image.focalSource;
  return isFocalMeasured ? "features" : coarse.focalSource;
}

/** The photos whose focal length features and network see far apart. */
function focalDoubts(images: readonly SceneImage[], coarse: Scene): AlignmentWarning[] {
  return images.flatMap(({ focalSource, intrinsics }, image) => {
    const before = coarse.images[image]!;
    const ratio = intrinsics.fx / before.intrinsics.fx;
    const isFar =
      focalSource === "features" && before.focalSource === "network" && Math.max(ratio, 1 / ratio) > FOCAL_FACTOR;
    return isFar ? [{ kind: "features-contradict-network" as const, image, ratio }] : [];
  });
}

/** The photos of which features found that they were cropped. */
function croppedPhotos(
  { centers }: RefinedCameras,
  images: readonly SceneImage[],
  views: readonly View[],
): AlignmentWarning[] {
  return centers.flatMap((center, image) => {
    if (center === undefined || images[image]!.poseSource !== "refined") return [];
    const { width, height } = views[image]!.original;
    const [across, along] = [(center[0] - (width - 1) / 2) / width, (center[1] - (height - 1) / 2) / height];
    return [{ kind: "off-center" as const, image, across, along }];
  });
}

/**
 * The aligned scene with every refined camera in it. Where the predictions contradict the cameras too much for alignment to use
 * them, the photo has the coarse scene's depth; where that goes for all of them, other photos are not in their world.
 */
function withAllRefined(
  aligned: Scene,
  coarse: Scene,
  { refined, priors: { worldFromCam, intrinsics } }: { readonly refined: RefinedCameras; readonly priors: AlignPriors },
): Scene {
  const isPlaced = ({ component }: SceneImage) => component === 0;
  const isWorldKept = aligned.images.some((image, i) => isPlaced(image) && worldFromCam?.[i] !== undefined);
  return {
    ...aligned,
    images: aligned.images.map((image, i) => {
      // A pose that was merely given says nothing of a depth that alignment does not find.
      const pose = refined.cameras[i] && worldFromCam?.[i];
      if (isWorldKept && (isPlaced(image) || pose === undefined)) return image;
      if (pose === undefined) return { ...image, registered: false, component: undefined };
      const { depth, confidence, intrinsics: own } = coarse.images[i]!;
      const camera = { intrinsics: intrinsics?.[i] ?? own, worldFromCam: pose };
      return { ...image, ...camera, depth, confidence, registered: true, component: 0, fit: undefined };
    }),
  };
}

function refinedPriors({ cameras, siblings }: RefinedCameras, views: readonly View[], given: AlignPriors): AlignPriors {
  return {
    ...given,
    worldFromCam: views.map((_, i) => given.worldFromCam?.[i] ?? cameras[i]?.worldFromCam),
    intrinsics: views.map(({ originalFromNetwork }, i) => {
      const found = cameras[i]?.intrinsics ?? siblings[i];
      return given.intrinsics?.[i] ?? (found && networkIntrinsics(found, originalFromNetwork));
    }),
  };
}

/** The triangulated points in network pixels and in the scene's units, which a known distance may have changed. */
function scaledTracks({ cameras, points }: RefinedCameras, scene: Scene, views: readonly View[]): TrackPoints {
  const placed = scene.images.flatMap((image, i) => {
    const camera = cameras[i];
    return camera && image.registered ? [{ before: camera.worldFromCam, after: image.worldFromCam }] : [];
  });
  const [first, ...others] = placed;
  if (first === undefined) return trackPointsOf([]);
  const lengths = others.map(({ before, after }) => [
    distance(first.before, before),
    distance(first.after, after),
  ]) as readonly (readonly [number, number])[];
  const longest = lengths.reduce((best, pair) => (pair[0] > best[0] ? pair : best), [0, 0] as const);
  const factor = longest[0] > 0 ? longest[1] / longest[0] : 1;
  const inCamera = transformPoints(invertRigid(first.before), points.positions);
  const scaled = transformPoints(
    first.after,
    inCamera.map((value) => factor * value),
  );
  const tracks = { ...points, positions: scaled, ...networkObservations(points, views) };
  return trackPointsIn(tracks, (image) => scene.images[image]!.registered);
}

/** Observations of points in original pixels as observations in those of the network. */
export function networkObservations(
  { photos, xy, errors }: Pick<RefinedPoints, "photos" | "xy" | "errors">,
  views: readonly View[],
): Pick<TrackPoints, "images" | "pixels" | "xy" | "errors"> {
  const placed = new Float64Array(xy.length);
  const pixels = photos.map((photo, k) => {
    const { width, height, originalFromNetwork } = views[photo]!;
    const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
    const [x, y] = [(xy[2 * k]! - offsetX) / scaleX, (xy[2 * k + 1]! - offsetY) / scaleY];
    placed[2 * k] = x;
    placed[2 * k + 1] = y;
    const column = Math.max(0, Math.min(width - 1, Math.round(x)));
    const row = Math.max(0, Math.min(height - 1, Math.round(y)));
    return row * width + column;
  });
  const scales = views.map(({ originalFromNetwork: { scaleX, scaleY } }) => Math.sqrt(scaleX * scaleY));
  return {
    images: photos,
    pixels,
    xy: placed,
    errors: Float64Array.from(errors, (error, k) => error / scales[photos[k]!]!),
  };
}

function distance(a: SceneImage["worldFromCam"], b: SceneImage["worldFromCam"]): number {
  const [p, q] = [translationOf(a), translationOf(b)];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

/** Points that a photo shows. */
export interface ScaleAnchors {
  /** `[n, 3]`, in the world. */
  readonly positions: Float64Array;
  /** `[n]`: the pixels that show them. */
  readonly pixels: Uint32Array;
}

/** The photo with its depth scaled to that of points which it shows, by their median ratio. */
export function anchored(image: SceneImage, { positions, pixels }: ScaleAnchors): SceneImage {
  const depths = depthsOf(invertRigid(image.worldFromCam), positions);
  const ratios = Array.from(pixels, (pixel, k) => depths[k]! / image.depth[pixel]!);
  const usable = ratios.filter((ratio) => ratio > 0 && Number.isFinite(ratio));
  if (usable.length < LEAST_ANCHORS) return image;
  const factor = upperMedian(usable)!;
  return { ...image, depth: image.depth.map((value) => factor * value) };
}

import type { Intrinsics, Pose } from "../core/camera.ts";
import type { Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { invertRigid } from "../geometry/pose.ts";
import { scoreCamera } from "../geometry/robust/estimated-camera.ts";
import { comparedPhoto } from "../refinement/compare-photos.ts";
import { verifyUnknownPairs } from "../refinement/pair-memory.ts";
import { type PosedPhoto, posedPhoto } from "../refinement/posed-photo.ts";
import { refineVerified } from "../refinement/refine-cameras.ts";
import { noPoints, type RefinedPoints } from "../refinement/refined-points.ts";
import { type VerifiedPair, verifyPairs } from "../refinement/verify-pairs.ts";
import { localizationThreshold } from "../tasks/localization.ts";
import { localizeByPoints, type WorldMatches } from "../tasks/localize-by-points.ts";
import type { MapFeatures, MapPhotoFeatures } from "./map-features.ts";
import { photoFeatures } from "./stored-features.ts";

/** A photo to be located, as the network sees it. */
export interface FeatureQuery {
  readonly view: View;
  readonly file: Picture;
  /** Its camera, and its depth in the map's units; without a component where the network does not place it. */
  readonly image: SceneImage;
  /** The photos of the map that it was compared with, the most similar first. */
  readonly indices: readonly number[];
}

/** Where local features put a photo in a map. */
export interface FeatureLocation {
  readonly camFromWorld: Pose;
  /** In original pixels. */
  readonly intrinsics: Intrinsics;
  /** Features whose point in the map agrees with the pose. */
  readonly inliers: number;
  /** Points that the photo, which is number 0, and photos of the map show, in the map's world. */
  readonly points: RefinedPoints;
}

/** Features are compared with those of so many photos of the map. */
const MOST_PHOTOS = 8;
/** So many of them are compared with one another. */
const MOST_COMPARED = 4;
/** EXIF data with which the map's points agree are off by this much: standard deviation of the logarithm of a focal length. */
const EXIF_SIGMA = 0.02;
/** Share of the matches with the map's points that an adjusted camera must still explain. */
const LEAST_KEPT = 0.5;

/**
 * A photo located by local features: verified matches with photos of the map, whose points give a pose by PnP; it is then
 * adjusted on the tracks of all matches, with the map's cameras as they are. Undefined where the evidence does not reach.
 */
export async function locateByFeatures(
  { view, file, image, indices }: FeatureQuery,
  map: MapFeatures,
  { seed, onProgress, signal }: RunOptions & { readonly seed?: number | string | undefined } = {},
): Promise<FeatureLocation | undefined> {
  const { featureSize } = map;
  const [features] = await photoFeatures([{ view, file }], { featureSize, signal });
  const others = await map.of(indices.slice(0, MOST_PHOTOS), { signal });
  const query = posedPhoto({ ...image, camera: 0 }, view, {
    features: features!,
    isFixed: false,
    index: 0,
    featureSize,
  });
  const photos = [query, ...others.map(({ photo }) => photo)];
  const pairs = others.map((_, k) => [0, 1 + k] as const);
  const compared = photos.map(comparedPhoto);
  const verified = await verifyPairs(compared, pairs, { seed, onProgress, signal });
  const matches = worldMatches(query, others, verified);
  const isKnown = query.focal.logSigma === 0;
  const start = localizeByPoints(matches, { size: view.original, intrinsics: query.intrinsics, isKnown, seed });
  if (start.status === "failed") return undefined;
  const placed = {
    ...query,
    worldFromCam: invertRigid(start.camFromWorld),
    component: 0,
    focal: start.intrinsics.fx === query.intrinsics.fx ? confirmedFocal(query, image) : query.focal,
  };
  // The map's points say more of the focal length than two photos do.
  const focal1 = Math.sqrt(start.intrinsics.fx * start.intrinsics.fy);
  const started = verified.map((pair) => ({ ...pair, focal1 }));
  // Points that photos of the map see together are fixed without the query.
  const among = pairsAmong(verified);
  const ofMap = await verifyUnknownPairs(compared, among, { memory: map.memory(indices), seed, signal });
  const { cameras, points } = await refineVerified([placed, ...photos.slice(1)], [...started, ...ofMap], { signal });
  const [camera] = cameras;
  if (camera === undefined) return undefined;
  const { intrinsics } = camera;
  const camFromWorld = invertRigid(camera.worldFromCam);
  const data = { ...matches, count: matches.points.length / 3 };
  const { inliers } = scoreCamera({ camFromWorld, intrinsics }, data, localizationThreshold(view.original));
  // Tracks of few photos may leave the distance open, which the map's points fix.
  if (inliers < LEAST_KEPT * start.inliers) return { ...start, points: noPoints() };
  return { camFromWorld, intrinsics, inliers, points };
}

/** What is known of a focal length with which the map's points agree: that of the map's own camera is known. */
function confirmedFocal({ focal }: PosedPhoto, { focalSource }: SceneImage): PosedPhoto["focal"] {
  if (focalSource === "features") return { ...focal, logSigma: 0 };
  return focalSource === "exif" ? { ...focal, logSigma: EXIF_SIGMA } : focal;
}

/** Pairs of those photos of the map that share the most with the query, which is number 0. */
function pairsAmong(verified: readonly VerifiedPair[]): readonly (readonly [number, number])[] {
  const nearest = verified
    .toSorted((a, b) => b.matches.length - a.matches.length)
    .slice(0, MOST_COMPARED)
    .map(({ photo2 }) => photo2)
    .sort((a, b) => a - b);
  return nearest.flatMap((second, k) => nearest.slice(0, k).map((first) => [first, second] as const));
}

/** The query's features that match one whose point in the map is known. */
function worldMatches(
  { features: { positions } }: PosedPhoto,
  others: readonly MapPhotoFeatures[],
  verified: readonly VerifiedPair[],
): WorldMatches {
  const pixels: number[] = [];
  const points: number[] = [];
  for (const { photo2, matches, verdict } of verified) {
    if (verdict === "ambiguous") continue;
    const { photo, pointAt } = others[photo2 - 1]!;
    for (let k = 0; k < matches.length; k += 2) {
      const [own, other] = [matches[k]!, matches[k + 1]!];
      const point = pointAt(photo.features.positions[2 * other]!, photo.features.positions[2 * other + 1]!);
      if (point === undefined) continue;
      pixels.push(positions[2 * own]!, positions[2 * own + 1]!);
      points.push(...point);
    }
  }
  return { pixels: Float32Array.from(pixels), points: Float64Array.from(points) };
}

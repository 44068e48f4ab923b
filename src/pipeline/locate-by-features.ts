import type { Intrinsics, Pose } from "../core/camera.ts";
import type { Picture } from "../core/picture.ts";
import type { RunOptions } from "../core/progress.ts";
import type { SceneImage } from "../core/scene.ts";
import type { View } from "../core/view.ts";
import { invertRigid } from "../geometry/pose.ts";
import { scoreCamera } from "../geometry/robust/estimated-camera.ts";
import { type PosedPhoto, posedPhoto } from "../refinement/posed-photo.ts";
import { type RefinedPoint, refineVerified } from "../refinement/refine-cameras.ts";
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
  readonly points: readonly RefinedPoint[];
}

/** Features are compared with those of so many photos of the map. */
const MOST_PHOTOS = 8;
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
  const verified = await verifyPairs(photos, pairs, { seed, onProgress, signal });
  const matches = worldMatches(query, others, verified);
  const isKnown = query.focal.logSigma === 0;
  const start = localizeByPoints(matches, { size: view.original, intrinsics: query.intrinsics, isKnown, seed });
  if (start.status === "failed") return undefined;
  const placed = { ...query, worldFromCam: invertRigid(start.camFromWorld), component: 0 };
  const { cameras, points } = await refineVerified([placed, ...photos.slice(1)], verified, { signal });
  const [camera] = cameras;
  if (camera === undefined) return undefined;
  const { intrinsics } = camera;
  const camFromWorld = invertRigid(camera.worldFromCam);
  const data = { ...matches, count: matches.points.length / 3 };
  const { inliers } = scoreCamera({ camFromWorld, intrinsics }, data, localizationThreshold(view.original));
  return inliers < LEAST_KEPT * start.inliers ? undefined : { camFromWorld, intrinsics, inliers, points };
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

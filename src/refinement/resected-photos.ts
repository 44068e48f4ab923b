import type { Bundle } from "../adjustment/bundle.ts";
import { observationsByPoint, pointsByPhoto } from "../adjustment/observations-by-point.ts";
import { buildTracks } from "../adjustment/tracks.ts";
import type { Intrinsics, Pose } from "../core/camera.ts";
import type { RunOptions } from "../core/progress.ts";
import { unorderedPairKey } from "../core/unordered-pair.ts";
import { invertRigid } from "../geometry/pose.ts";
import { estimateAbsolutePose } from "../geometry/robust/absolute-pose.ts";
import { type Correspondences, scoreCamera } from "../geometry/robust/estimated-camera.ts";
import { type AdjustedTracks, adjustTracks } from "./adjust-tracks.ts";
import { pairsAmong, placesOf } from "./pairs-among.ts";
import { pointsOfFeatures } from "./points-of-features.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** Some of the photos, adjusted together: photo `members[k]` is the bundle's photo k. */
export interface AdjustedPhotos extends AdjustedTracks {
  readonly members: readonly number[];
}

/** A photo of which adjusted cameras explain a smaller share of what it shows of others' points is looked for anew. */
const LEAST_EXPLAINED = 0.5;
/** Points on which a photo's new pose must agree, and how many times those of the pose it had. */
const LEAST_POINTS = 30;
const LEAST_GAIN = 1.5;
/** Errors that are believed, in standard deviations of a feature. */
const GATE = 6;
/** Photos besides the one that is looked for that must show a point. */
const LEAST_OBSERVERS = 2;
const MOST_ROUNDS = 3;
/** More than a photo has: a point and a feature are one number. */
const MOST_FEATURES = 2 ** 24;

/**
 * The photos, adjusted once more with those that no pair placed, or one that repeated things mislead: a pose that points agree on which other
 * photos triangulate is worth more than what one pair says. Pairs of all verdicts tell which these points are. Kept where more is explained.
 */
export async function withResected(
  adjusted: AdjustedPhotos,
  photos: readonly PosedPhoto[],
  {
    used,
    found,
    ...run
  }: RunOptions & { readonly used: readonly VerifiedPair[]; readonly found: readonly VerifiedPair[] },
): Promise<AdjustedPhotos> {
  const isUsed = new Set(used.map(keyOf));
  let best = adjusted;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    run.signal?.throwIfAborted();
    const poses = resectedPoses(best, photos, found);
    if (poses.size === 0) break;
    const members = [...new Set([...best.members, ...poses.keys()])].sort((a, b) => a - b);
    const before = placesOf(best.members);
    const start = members.map((photo): Pose => {
      return poses.get(photo) ?? invertRigid(best.bundle.photos[before.get(photo)!]!.camFromWorld);
    });
    const more = found.filter((pair) => !isUsed.has(keyOf(pair)) && isOf(pair, poses));
    const pairs = pairsAmong([...used, ...more], placesOf(members));
    const those = members.map((i) => photos[i]!);
    const focals = those.map((photo) => focalOf(photo, best, photos));
    const verified = pairs.map((pair): VerifiedPair => {
      return { ...pair, focal1: focals[pair.photo1] ?? pair.focal1, focal2: focals[pair.photo2] ?? pair.focal2 };
    });
    const next = await adjustTracks(those, start, { ...run, tracks: buildTracks(pairs), verified, isAdjusted: true });
    if (next.bundle.observations.photo.length <= best.bundle.observations.photo.length) break;
    best = { ...next, members };
  }
  return best;
}

function keyOf({ photo1, photo2 }: VerifiedPair): string {
  return unorderedPairKey(photo1, photo2);
}

function isOf({ photo1, photo2 }: VerifiedPair, poses: ReadonlyMap<number, Pose>): boolean {
  return poses.has(photo1) || poses.has(photo2);
}

type PlacedPhotos = Pick<AdjustedPhotos, "bundle" | "members">;

/** By photo, where it is in the world by the points of others, unless its pose explains these already. */
function resectedPoses(
  { bundle, members }: PlacedPhotos,
  photos: readonly PosedPhoto[],
  found: readonly VerifiedPair[],
): ReadonlyMap<number, Pose> {
  const places = placesOf(members);
  const pointOf = pointsOfFeatures(
    bundle,
    members.map((member) => photos[member]!),
  );
  const observations = observationsByPoint(bundle);
  const { starts } = observations;
  const pointsShownBy = pointsByPhoto(observations);
  const poses = new Map<number, Pose>();
  for (const [i, photo] of photos.entries()) {
    if (photo.isFixed) continue;
    const intrinsics = intrinsicsOf(photo, { bundle, members }, photos);
    if (intrinsics === undefined) continue;
    const own = places.get(i);
    const ownPoints = own === undefined ? undefined : new Set(pointsShownBy(own));
    const seen = pointsFor(i, found, (other, feature) => {
      const place = places.get(other);
      const point = place === undefined ? undefined : pointOf(place, feature);
      if (point === undefined) return undefined;
      const observers = starts[point + 1]! - starts[point]! - (ownPoints?.has(point) ? 1 : 0);
      return observers < LEAST_OBSERVERS ? undefined : point;
    });
    const data = correspondences(seen, bundle, photo);
    if (data.count < LEAST_POINTS) continue;
    const threshold = GATE * photo.noise;
    const present = own === undefined ? undefined : { camFromWorld: bundle.photos[own]!.camFromWorld, intrinsics };
    const explained = present ? scoreCamera(present, data, threshold).inliers : 0;
    if (explained >= LEAST_EXPLAINED * data.count) continue;
    const pose = estimateAbsolutePose(data.points, data.pixels, intrinsics, { threshold, seed: `resected ${i}` });
    if (pose.status === "ok" && pose.inlierCount >= Math.max(LEAST_POINTS, LEAST_GAIN * explained))
      poses.set(i, invertRigid(pose.camFromWorld));
  }
  return poses;
}

type PointAndFeature = readonly [point: number, feature: number];

/** What a photo shows by the matches of its pairs: points that `pointOf` another photo's feature gives. */
function pointsFor(
  index: number,
  found: readonly VerifiedPair[],
  pointOf: (photo: number, feature: number) => number | undefined,
): readonly PointAndFeature[] {
  const seen = new Map<number, PointAndFeature>();
  for (const { photo1, photo2, matches } of found) {
    if (photo1 !== index && photo2 !== index) continue;
    const side = photo1 === index ? 0 : 1;
    const other = side === 0 ? photo2 : photo1;
    for (let k = 0; k < matches.length; k += 2) {
      const feature = matches[k + side]!;
      const point = pointOf(other, matches[k + 1 - side]!);
      if (point !== undefined) seen.set(point * MOST_FEATURES + feature, [point, feature]);
    }
  }
  return [...seen.values()];
}

function correspondences(
  seen: readonly PointAndFeature[],
  { points }: Bundle,
  { features: { positions } }: PosedPhoto,
): Correspondences {
  return {
    count: seen.length,
    points: Float64Array.from(seen.flatMap(([point]) => [...points.subarray(3 * point, 3 * point + 3)])),
    pixels: Float64Array.from(seen.flatMap(([, feature]) => [positions[2 * feature]!, positions[2 * feature + 1]!])),
  };
}

/** Of the adjusted photos of the same camera; undefined where there is none. */
function focalOf(photo: PosedPhoto, adjusted: PlacedPhotos, photos: readonly PosedPhoto[]): number | undefined {
  const intrinsics = intrinsicsOf(photo, adjusted, photos);
  return intrinsics && Math.sqrt(intrinsics.fx * intrinsics.fy);
}

/** Those of the adjusted photos of the same camera, about the photo's own principal point; undefined where there is none. */
function intrinsicsOf(
  { camera, intrinsics }: PosedPhoto,
  { bundle, members }: PlacedPhotos,
  photos: readonly PosedPhoto[],
): Intrinsics | undefined {
  const k = members.findIndex((member) => photos[member]!.camera === camera);
  if (k < 0) return undefined;
  const { fx, fy } = bundle.cameras[bundle.photos[k]!.camera]!;
  return { fx, fy, cx: intrinsics.cx, cy: intrinsics.cy };
}

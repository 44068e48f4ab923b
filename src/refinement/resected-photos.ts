import type { Bundle } from "../adjustment/bundle.ts";
import { buildTracks } from "../adjustment/tracks.ts";
import type { Intrinsics, Pose } from "../core/camera.ts";
import type { RunOptions } from "../core/progress.ts";
import { projectPoints } from "../geometry/camera.ts";
import { invertRigid, transformPoints } from "../geometry/pose.ts";
import { estimateAbsolutePose } from "../geometry/robust/absolute-pose.ts";
import { adjustTracks } from "./adjust-tracks.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** Some of the photos, adjusted together: photo `members[k]` is the bundle's photo k. */
export interface AdjustedPhotos {
  readonly bundle: Bundle;
  readonly members: readonly number[];
}

/** A photo of which adjusted cameras explain a smaller share of what it shows of others' points is looked for anew. */
const LEAST_EXPLAINED = 0.5;
/** Points on which a photo's new pose must agree, and how many times those of the pose it had. */
const LEAST_POINTS = 30;
const LEAST_GAIN = 1.5;
/** Errors that are believed, in standard deviations of a feature. */
const GATE = 6;
const MOST_ROUNDS = 3;

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
  let best = adjusted;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    run.signal?.throwIfAborted();
    const poses = resectedPoses(best, photos, found);
    if (poses.size === 0) break;
    const members = [...new Set([...best.members, ...poses.keys()])].sort((a, b) => a - b);
    const place = new Map(members.map((photo, k) => [photo, k]));
    const start = members.map((photo): Pose => {
      return poses.get(photo) ?? invertRigid(best.bundle.photos[best.members.indexOf(photo)]!.camFromWorld);
    });
    const pairs = [...used, ...found.filter((pair) => !used.includes(pair) && isOf(pair, poses))].flatMap((pair) => {
      const [photo1, photo2] = [place.get(pair.photo1), place.get(pair.photo2)];
      return photo1 === undefined || photo2 === undefined ? [] : [{ ...pair, photo1, photo2 }];
    });
    const those = members.map((i) => photos[i]!);
    const bundle = await adjustTracks(those, start, { ...run, tracks: buildTracks(pairs), verified: pairs });
    if (bundle.observations.photo.length <= best.bundle.observations.photo.length) break;
    best = { bundle, members };
  }
  return best;
}

function isOf({ photo1, photo2 }: VerifiedPair, poses: ReadonlyMap<number, Pose>): boolean {
  return poses.has(photo1) || poses.has(photo2);
}

/** By photo, where it is in the world by the points of others, unless its pose explains these already. */
function resectedPoses(
  { bundle, members }: AdjustedPhotos,
  photos: readonly PosedPhoto[],
  found: readonly VerifiedPair[],
): ReadonlyMap<number, Pose> {
  const place = new Map(members.map((photo, k) => [photo, k]));
  const shown = pointsShown(bundle, photos, members);
  const poses = new Map<number, Pose>();
  for (const [i, photo] of photos.entries()) {
    if (photo.isFixed) continue;
    const intrinsics = intrinsicsOf(photo, { bundle, members }, photos);
    if (intrinsics === undefined) continue;
    const { points, pixels } = pointsFor(i, photo, { bundle, found, shown, own: place.get(i) });
    const count = pixels.length / 2;
    if (count < LEAST_POINTS) continue;
    const own = place.get(i);
    const threshold = GATE * photo.noise;
    const explained =
      own === undefined ? 0 : explainedBy(bundle.photos[own]!.camFromWorld, { points, pixels, intrinsics, threshold });
    if (explained >= LEAST_EXPLAINED * count) continue;
    const pose = estimateAbsolutePose(points, pixels, intrinsics, { threshold, seed: `resected ${i}` });
    if (pose.status === "ok" && pose.inlierCount >= Math.max(LEAST_POINTS, LEAST_GAIN * explained))
      poses.set(i, invertRigid(pose.camFromWorld));
  }
  return poses;
}

/** By member, the point that a feature of it shows, and how many photos show each point. */
interface ShownPoints {
  readonly pointOf: (member: number, feature: number) => number | undefined;
  readonly observers: readonly ReadonlySet<number>[];
  readonly placeOf: ReadonlyMap<number, number>;
}

function pointsShown(bundle: Bundle, photos: readonly PosedPhoto[], members: readonly number[]): ShownPoints {
  const { photo, point, xy } = bundle.observations;
  const keyOf = (member: number, x: number, y: number) => `${member} ${x} ${y}`;
  const pointAt = new Map<string, number>();
  const observers = Array.from({ length: bundle.points.length / 3 }, () => new Set<number>());
  for (let k = 0; k < photo.length; k++) {
    pointAt.set(keyOf(photo[k]!, xy[2 * k]!, xy[2 * k + 1]!), point[k]!);
    observers[point[k]!]!.add(photo[k]!);
  }
  const pointOf = (member: number, feature: number) => {
    const { positions } = photos[members[member]!]!.features;
    return pointAt.get(keyOf(member, positions[2 * feature]!, positions[2 * feature + 1]!));
  };
  return { pointOf, observers, placeOf: new Map(members.map((photo, k) => [photo, k])) };
}

/** What a photo shows of points that two others fix, or more. */
function pointsFor(
  index: number,
  photo: PosedPhoto,
  {
    bundle,
    found,
    shown: { pointOf, observers, placeOf },
    own,
  }: {
    readonly bundle: Bundle;
    readonly found: readonly VerifiedPair[];
    readonly shown: ShownPoints;
    readonly own: number | undefined;
  },
): { readonly points: Float64Array; readonly pixels: Float64Array } {
  const seen = new Map<string, readonly [point: number, feature: number]>();
  for (const { photo1, photo2, matches } of found) {
    if (photo1 !== index && photo2 !== index) continue;
    const other = placeOf.get(photo1 === index ? photo2 : photo1);
    if (other === undefined) continue;
    const side = photo1 === index ? 0 : 1;
    for (let k = 0; k < matches.length; k += 2) {
      const [feature, theirs] = [matches[k + side]!, matches[k + 1 - side]!];
      const point = pointOf(other, theirs);
      if (point === undefined) continue;
      const by = observers[point]!;
      if (by.size - (own !== undefined && by.has(own) ? 1 : 0) < 2) continue;
      seen.set(`${point} ${feature}`, [point, feature]);
    }
  }
  const list = [...seen.values()];
  const { positions } = photo.features;
  return {
    points: Float64Array.from(list.flatMap(([point]) => [...bundle.points.subarray(3 * point, 3 * point + 3)])),
    pixels: Float64Array.from(list.flatMap(([, feature]) => [positions[2 * feature]!, positions[2 * feature + 1]!])),
  };
}

/** Those of the adjusted photos of the same camera, about the photo's own principal point; undefined where there is none. */
function intrinsicsOf(
  { camera, intrinsics }: PosedPhoto,
  { bundle, members }: AdjustedPhotos,
  photos: readonly PosedPhoto[],
): Intrinsics | undefined {
  const k = members.findIndex((member) => photos[member]!.camera === camera);
  if (k < 0) return undefined;
  const { fx, fy } = bundle.cameras[bundle.photos[k]!.camera]!;
  return { fx, fy, cx: intrinsics.cx, cy: intrinsics.cy };
}

/** How many of the points a pose explains. */
function explainedBy(
  camFromWorld: Pose,
  {
    points,
    pixels,
    intrinsics,
    threshold,
  }: {
    readonly points: Float64Array;
    readonly pixels: Float64Array;
    readonly intrinsics: Intrinsics;
    readonly threshold: number;
  },
): number {
  const inCamera = transformPoints(camFromWorld, points);
  const projected = projectPoints(inCamera, intrinsics);
  let explained = 0;
  for (let k = 0; k < pixels.length / 2; k++) {
    const off = Math.hypot(projected[2 * k]! - pixels[2 * k]!, projected[2 * k + 1]! - pixels[2 * k + 1]!);
    if (inCamera[3 * k + 2]! > 0 && off < threshold) explained++;
  }
  return explained;
}

import type { Pose } from "../src/core/camera.ts";
import { gaussian, type Random } from "../src/core/random.ts";
import type { Vector3 } from "../src/geometry/mat3.ts";
import { normalize } from "../src/geometry/mat3.ts";
import { rigidPose, transformPoints } from "../src/geometry/pose.ts";
import { rotationFromVector } from "../src/geometry/rotation.ts";
import { randomVector, vectorsOf } from "./random-geometry.ts";

/** Points seen by two cameras that lie as those of two photos do: turned by up to half a radian, some distance apart. */
export interface RandomTwoViews {
  readonly cam2FromCam1: Pose;
  /** `[n, 3]`, in front of both cameras, in the frame of each. */
  readonly points1: Float64Array;
  readonly points2: Float64Array;
  /** (x, y, 1) in each camera. */
  readonly bearings1: Vector3[];
  readonly bearings2: Vector3[];
}

/** What differs between scenes. */
export interface RandomTwoViewsOptions {
  readonly count: number;
  /** The second camera only turns. */
  readonly turnOnly?: boolean;
  /** All points lie in a plane. */
  readonly flat?: boolean;
}

export function randomTwoViews(
  random: Random,
  { count, turnOnly = false, flat = false }: RandomTwoViewsOptions,
): RandomTwoViews {
  const rotation = rotationFromVector(randomVector(random, 0.15));
  const shift = normalize(randomVector(random));
  const cam2FromCam1 = rigidPose(rotation, turnOnly ? [0, 0, 0] : [shift[0], shift[1], shift[2]]);
  const tilt = randomVector(random, 0.3);
  const points: number[] = [];
  while (points.length < 3 * count) {
    const [x, y] = [1.2 * random() - 0.6, 1.2 * random() - 0.6];
    const z = flat ? 5 / (1 + tilt[0] * x + tilt[1] * y) : 3 + 4 * random() + Math.abs(gaussian(random));
    const point = Float64Array.of(x * z, y * z, z);
    if (transformPoints(cam2FromCam1, point)[2]! > 0.5) points.push(...point);
  }
  const points1 = Float64Array.from(points);
  const points2 = transformPoints(cam2FromCam1, points1);
  return { cam2FromCam1, points1, points2, bearings1: bearingsOf(points1), bearings2: bearingsOf(points2) };
}

function bearingsOf(points: Float64Array): Vector3[] {
  return vectorsOf(points).map(([x, y, z]) => [x / z, y / z, 1]);
}

import type { Pose } from "../src/core/camera.ts";
import { gaussian, type Random } from "../src/core/random.ts";
import type { Vector3 } from "../src/geometry/mat3.ts";
import { normalize } from "../src/geometry/mat3.ts";
import { rigidPose, transformPoints } from "../src/geometry/pose.ts";
import type { Matches } from "../src/geometry/robust/two-view/two-view-cameras.ts";
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
  /** The plane normalᵀ X = distance in which all points lie, in the frame of camera 1. */
  readonly plane: { readonly normal: Vector3; readonly distance: number } | undefined;
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
  const [tiltX, tiltY] = randomVector(random, 0.3);
  const length = Math.hypot(tiltX, tiltY, 1);
  const points: number[] = [];
  while (points.length < 3 * count) {
    const [x, y] = [1.2 * random() - 0.6, 1.2 * random() - 0.6];
    const z = flat ? 5 / (1 + tiltX * x + tiltY * y) : 3 + 4 * random() + Math.abs(gaussian(random));
    const point = Float64Array.of(x * z, y * z, z);
    if (transformPoints(cam2FromCam1, point)[2]! > 0.5) points.push(...point);
  }
  const points1 = Float64Array.from(points);
  const points2 = transformPoints(cam2FromCam1, points1);
  const plane = { normal: [tiltX / length, tiltY / length, 1 / length], distance: 5 / length } as const;
  return {
    cam2FromCam1,
    points1,
    points2,
    bearings1: bearingsOf(points1),
    bearings2: bearingsOf(points2),
    plane: flat ? plane : undefined,
  };
}

/** Pixels from the principal points, at these focal lengths, each off by what `noise` gives. */
export function matchesOf(
  { bearings1, bearings2 }: Pick<RandomTwoViews, "bearings1" | "bearings2">,
  [focal1, focal2]: readonly [number, number],
  noise: () => number,
): Matches {
  const pixels = bearings1.flatMap(([x, y], i) => {
    const [u, v] = bearings2[i]!;
    return [x * focal1, y * focal1, u * focal2, v * focal2].map((pixel) => pixel + noise());
  });
  return { count: bearings1.length, pixels: Float64Array.from(pixels) };
}

function bearingsOf(points: Float64Array): Vector3[] {
  return vectorsOf(points).map(([x, y, z]) => [x / z, y / z, 1]);
}

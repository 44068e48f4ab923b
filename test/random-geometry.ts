import fc from "fast-check";
import type { Pose } from "../src/core/camera.ts";
import { gaussian, type Random, seededRandom } from "../src/core/random.ts";
import type { Matrix3, Vector3 } from "../src/geometry/mat3.ts";
import { type Points, rigidPose } from "../src/geometry/pose.ts";
import { rotationFromQuaternion } from "../src/geometry/rotation.ts";
import type { Similarity } from "../src/geometry/similarity.ts";

/** A random source per run of a property: geometry drawn from it is in general position. */
export const anyRandom: fc.Arbitrary<Random> = fc.integer().map((seed) => seededRandom(seed));

export function randomVector(random: Random, spread = 1): Vector3 {
  return [spread * gaussian(random), spread * gaussian(random), spread * gaussian(random)];
}

export function randomRotation(random: Random): Matrix3 {
  return rotationFromQuaternion([...randomVector(random), gaussian(random)]);
}

export function randomPose(random: Random): Pose {
  return rigidPose(randomRotation(random), randomVector(random, 3));
}

export function randomSimilarity(random: Random): Similarity {
  const scale = Math.exp(gaussian(random));
  return { scale, rotation: randomRotation(random), translation: randomVector(random, 3) };
}

export function randomPoints(random: Random, count: number): Float64Array {
  return Float64Array.from({ length: 3 * count }, () => gaussian(random));
}

/** The largest difference between two lists of numbers. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}

/** Points `[n, 3]` as a list of vectors. */
export function vectorsOf(points: Points): Vector3[] {
  return Array.from({ length: points.length / 3 }, (_, i) => [points[3 * i]!, points[3 * i + 1]!, points[3 * i + 2]!]);
}

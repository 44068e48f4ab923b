import {
  addScaled,
  determinant3,
  type Matrix3,
  multiply3,
  multiplyVector3,
  scaleVector3,
  transpose3,
  type Vector3,
} from "./mat3.ts";
import type { Points } from "./pose.ts";
import type { Similarity } from "./similarity.ts";
import { svd3 } from "./svd3.ts";

/** The similarity that aligns one point set to another, or why there is none. */
export type Registration =
  | { readonly status: "ok"; readonly targetFromSource: Similarity }
  | { readonly status: "failed"; readonly reason: string };

/** Below this share of the largest singular value a spread counts as none: the points lie on a line. */
const LINE_TOLERANCE = 1e-9;

/**
 * Weighted Procrustes (Umeyama 1991): the similarity minimizing Σ wᵢ |s R sourceᵢ + t − targetᵢ|², with a proper
 * rotation also for mirrored and coplanar points. `source` and `target` are `[n, 3]`; `weights` `[n]`, none negative,
 * all one when left out. Fails on non-finite points and on those that lie on a line, which fix no rotation.
 */
export function registerPoints(source: Points, target: Points, weights?: Float32Array | Float64Array): Registration {
  const count = source.length / 3;
  const sums = new Float64Array(7);
  for (let i = 0; i < count; i++) {
    const w = weights === undefined ? 1 : weights[i]!;
    sums[6]! += w;
    for (let k = 0; k < 3; k++) {
      sums[k]! += w * source[3 * i + k]!;
      sums[3 + k]! += w * target[3 * i + k]!;
    }
  }
  const total = sums[6]!;
  if (!(total > 0)) return { status: "failed", reason: "no point has a positive weight" };
  const [sx, sy, sz, tx, ty, tz] = Array.from(sums, (sum) => sum / total) as [number, number, ...Four];

  // Centered on the means before they are multiplied: far from the origin the products would lose all digits.
  const covariance = new Float64Array(9);
  let variance = 0;
  for (let i = 0; i < count; i++) {
    const w = (weights === undefined ? 1 : weights[i]!) / total;
    const x = source[3 * i]! - sx;
    const y = source[3 * i + 1]! - sy;
    const z = source[3 * i + 2]! - sz;
    const u = w * (target[3 * i]! - tx);
    const v = w * (target[3 * i + 1]! - ty);
    const q = w * (target[3 * i + 2]! - tz);
    covariance[0]! += u * x;
    covariance[1]! += u * y;
    covariance[2]! += u * z;
    covariance[3]! += v * x;
    covariance[4]! += v * y;
    covariance[5]! += v * z;
    covariance[6]! += q * x;
    covariance[7]! += q * y;
    covariance[8]! += q * z;
    variance += w * (x * x + y * y + z * z);
  }
  if (!covariance.every(Number.isFinite)) return { status: "failed", reason: "the points are not all finite" };
  const moments = { covariance: [...covariance] as unknown as Matrix3, variance };
  return fit(moments, [sx, sy, sz], [tx, ty, tz]);
}

type Four = [number, number, number, number];

/** Second moments: of target against source, and of the source alone. */
interface Moments {
  readonly covariance: Matrix3;
  readonly variance: number;
}

function fit({ covariance, variance }: Moments, sourceMean: Vector3, targetMean: Vector3): Registration {
  const { u, singularValues, v } = svd3(covariance);
  const [largest, middle, smallest] = singularValues;
  if (!(middle > LINE_TOLERANCE * largest)) return { status: "failed", reason: "the points lie on a line" };
  // Where the best orthogonal matrix is a reflection, its least certain axis is turned round.
  const sign = determinant3(u) * determinant3(v) < 0 ? -1 : 1;
  const rotation = multiply3(multiply3(u, [1, 0, 0, 0, 1, 0, 0, 0, sign]), transpose3(v));
  const scale = (largest + middle + sign * smallest) / variance;
  const translation = addScaled(targetMean, -1, scaleVector3(scale, multiplyVector3(rotation, sourceMean)));
  return { status: "ok", targetFromSource: { scale, rotation, translation } };
}

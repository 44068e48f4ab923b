import type { Pose } from "../../../core/camera.ts";
import { addScaled, cross, type Matrix3, multiply3, normalize, scale3, type Vector3 } from "../../mat3.ts";
import { type Points, rigidPose, rotationOf, translationOf } from "../../pose.ts";
import { rotationFromVector } from "../../rotation.ts";
import type { Score } from "../estimator.ts";

/** Two cameras with square pixels, one in the frame of the other: what two-view estimation looks for. */
export interface TwoViewCameras {
  /** With a translation of length one. */
  readonly cam2FromCam1: Pose;
  /** In pixels. */
  readonly focal1: number;
  readonly focal2: number;
}

/** Pixels of the same points in two photos. */
export interface Matches {
  readonly count: number;
  /** `[count, 4]`: x and y in photo 1, x and y in photo 2, relative to the principal point of each. */
  readonly pixels: Points;
}

/** Ways in which two cameras can change: three turns, two tilts of the translation, the logarithms of both focal lengths. */
export const TWO_VIEW_DOF = 7;
/** Parameters of `changeCameras` that are focal lengths. */
export const FOCAL_1 = 5;
export const FOCAL_2 = 6;

/** The cameras after a small change `[7]`. The turn acts after the rotation; the translation keeps its length. */
export function changeCameras({ cam2FromCam1, focal1, focal2 }: TwoViewCameras, change: Float64Array): TwoViewCameras {
  const [rx, ry, rz, u, v, log1, log2] = change as unknown as [...Vector3, number, number, number, number];
  const translation = translationOf(cam2FromCam1);
  const [a, b] = tangentsOf(translation);
  return {
    cam2FromCam1: rigidPose(
      multiply3(rotationFromVector([rx, ry, rz]), rotationOf(cam2FromCam1)),
      normalize(addScaled(addScaled(translation, u, a), v, b)),
    ),
    focal1: focal1 * Math.exp(log1),
    focal2: focal2 * Math.exp(log2),
  };
}

/** Two unit vectors orthogonal to a direction and to each other. */
export function tangentsOf(direction: Vector3): readonly [Vector3, Vector3] {
  const sizes = direction.map(Math.abs);
  const axis: Vector3 = sizes[0]! < 0.6 ? [1, 0, 0] : [0, 1, 0];
  const first = normalize(cross(direction, axis));
  return [first, cross(normalize(direction), first)];
}

/** The matrix of v ↦ t × v. */
export function crossMatrix([x, y, z]: Vector3): Matrix3 {
  return [0, -z, y, z, 0, -x, -y, x, 0];
}

/** The essential matrix E: bearing₂ᵀ E bearing₁ = 0. */
export function essentialOf(cam2FromCam1: Pose): Matrix3 {
  return multiply3(crossMatrix(translationOf(cam2FromCam1)), rotationOf(cam2FromCam1));
}

/** The matrix F with x₂ᵀ F x₁ = 0 for x = (x, y, 1) in pixels from the principal points. */
function fundamentalOf({ cam2FromCam1, focal1, focal2 }: TwoViewCameras): Matrix3 {
  return withFocals(essentialOf(cam2FromCam1), focal1, focal2);
}

/** diag(1/f₂, 1/f₂, 1) E diag(1/f₁, 1/f₁, 1). */
export function withFocals([a, b, c, d, e, f, g, h, i]: Matrix3, focal1: number, focal2: number): Matrix3 {
  const both = 1 / (focal1 * focal2);
  return scale3(1, [a * both, b * both, c / focal2, d * both, e * both, f / focal2, g / focal1, h / focal1, i]);
}

/** Pixels by which a point's parallax must exceed what turning alone explains before its depth must be positive. */
export const CERTAIN_PARALLAX = 2;

/**
 * The squared Sampson error of each match in pixels², `[count]`: to first order, its squared distance from the nearest
 * pair of pixels that the cameras could see. Infinite where that point would be behind a camera, or nothing is finite.
 */
export function sampsonErrors(cameras: TwoViewCameras, { count, pixels }: Matches): Float64Array {
  const errors = new Float64Array(count);
  const [f0, f1, f2, f3, f4, f5, f6, f7, f8] = fundamentalOf(cameras);
  const isInFront = frontOf(cameras);
  for (let k = 0; k < count; k++) {
    const x1 = pixels[4 * k]!;
    const y1 = pixels[4 * k + 1]!;
    const x2 = pixels[4 * k + 2]!;
    const y2 = pixels[4 * k + 3]!;
    const lineX = f0 * x1 + f1 * y1 + f2;
    const lineY = f3 * x1 + f4 * y1 + f5;
    const backX = f0 * x2 + f3 * y2 + f6;
    const backY = f1 * x2 + f4 * y2 + f7;
    const product = x2 * lineX + y2 * lineY + f6 * x1 + f7 * y1 + f8;
    const squared = (product * product) / (lineX * lineX + lineY * lineY + backX * backX + backY * backY);
    errors[k] = squared >= 0 && isInFront(x1, y1, x2, y2) ? squared : Number.POSITIVE_INFINITY;
  }
  return errors;
}

/** Whether a match's point lies in front of both cameras, or as far away as makes no difference. */
function frontOf({ cam2FromCam1, focal1, focal2 }: TwoViewCameras) {
  const [a, b, c, d, e, f, g, h, i] = rotationOf(cam2FromCam1);
  const [tx, ty, tz] = translationOf(cam2FromCam1);
  const uncertain = CERTAIN_PARALLAX ** 2 / (focal1 * focal2);
  return (x1: number, y1: number, x2: number, y2: number): boolean => {
    // λ₂ (u, v, 1) = λ₁ r + t for the turned bearing r: the signs of both depths.
    const nx = x1 / focal1;
    const ny = y1 / focal1;
    const u = x2 / focal2;
    const v = y2 / focal2;
    const rx = a * nx + b * ny + c;
    const ry = d * nx + e * ny + f;
    const rz = g * nx + h * ny + i;
    const cx = v * rz - ry;
    const cy = rx - u * rz;
    const cz = u * ry - v * rx;
    const depth1 = cx * (ty - v * tz) + cy * (u * tz - tx) + cz * (v * tx - u * ty);
    const depth2 = cx * (rz * ty - ry * tz) + cy * (rx * tz - rz * tx) + cz * (ry * tx - rx * ty);
    if (depth1 > 0 && depth2 > 0) return true;
    const parallax = cx * cx + cy * cy + cz * cz;
    return parallax < uncertain * (u * u + v * v + 1) * (rx * rx + ry * ry + rz * rz) && u * rx + v * ry + rz > 0;
  };
}

/** How cameras are judged. */
export interface ScoreOptions {
  /** In pixels. */
  readonly threshold: number;
  /** A cost at which they are of no use: the matches that follow are not counted. */
  readonly most?: number | undefined;
}

/** The MSAC score: the sum of squared Sampson errors, each no more than `threshold`², and how many are below that. */
export function scoreTwoViews(cameras: TwoViewCameras, matches: Matches, options: ScoreOptions): Score {
  return scoreFundamental(fundamentalOf(cameras), matches, options, frontOf(cameras));
}

/** The cost by `scoreTwoViews` of cameras with this fundamental matrix were all points in front of both, up to `most`. */
export function leastCost(fundamental: Matrix3, matches: Matches, options: ScoreOptions): number {
  return scoreFundamental(fundamental, matches, options, () => true).cost;
}

function scoreFundamental(
  [f0, f1, f2, f3, f4, f5, f6, f7, f8]: Matrix3,
  { count, pixels }: Matches,
  { threshold, most = Number.POSITIVE_INFINITY }: ScoreOptions,
  isInFront: (x1: number, y1: number, x2: number, y2: number) => boolean,
): Score {
  const limit = threshold * threshold;
  let cost = 0;
  let inliers = 0;
  for (let k = 0; k < count && cost < most; k++) {
    const x1 = pixels[4 * k]!;
    const y1 = pixels[4 * k + 1]!;
    const x2 = pixels[4 * k + 2]!;
    const y2 = pixels[4 * k + 3]!;
    const lineX = f0 * x1 + f1 * y1 + f2;
    const lineY = f3 * x1 + f4 * y1 + f5;
    const backX = f0 * x2 + f3 * y2 + f6;
    const backY = f1 * x2 + f4 * y2 + f7;
    const product = x2 * lineX + y2 * lineY + f6 * x1 + f7 * y1 + f8;
    const squared = (product * product) / (lineX * lineX + lineY * lineY + backX * backX + backY * backY);
    // Most hypotheses are wrong: few matches get as far as the second question.
    if (squared < limit && isInFront(x1, y1, x2, y2)) {
      inliers++;
      cost += squared;
    } else cost += limit;
  }
  return { cost, inliers, count };
}

/** The MSAC score of squared errors `[count]`. */
export function msac(errors: Float64Array, count: number, threshold: number): Score {
  const limit = threshold * threshold;
  let cost = 0;
  let inliers = 0;
  for (let k = 0; k < count; k++) {
    const isInlier = errors[k]! < limit;
    inliers += isInlier ? 1 : 0;
    cost += isInlier ? errors[k]! : limit;
  }
  return { cost, inliers, count };
}

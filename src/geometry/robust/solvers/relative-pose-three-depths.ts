import { addScaled, adjugate3, determinant3, dot, type Matrix3, multiplyVector3, type Vector3 } from "../../mat3.ts";
import { registerPoints } from "../../register-points.ts";
import type { Similarity } from "../../similarity.ts";
import { solveQuadratic } from "../../solve-cubic.ts";
import { solvePolynomial } from "../../solve-polynomial.ts";

/** Three points seen by two cameras, each with a depth of which scale and offset may be wrong. */
export interface SeenWithDepth {
  /** Directions (x, y, 1) in the frame of each camera. */
  readonly bearings1: readonly [Vector3, Vector3, Vector3];
  readonly bearings2: readonly [Vector3, Vector3, Vector3];
  /** As predicted for camera 1, and for camera 2. */
  readonly depths1: Vector3;
  readonly depths2: Vector3;
}

const SIDES = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;
/** Share of the largest a determinant may have below which three equations are two. */
const SINGULAR = 1e-12;

/**
 * Up to four similarities `cam2FromCam1` (camera 2 in units of its own depths) for depths that are right up to an offset in
 * each camera and one ratio of scales ("affine-corrected depth": Yu et al., "MADPose", CVPR 2025; Ding et al., "RePoseD", ICCV
 * 2025). The three sides of the triangle are equally long for both cameras, |z₁ᵢ m₁ᵢ − z₁ⱼ m₁ⱼ|² = q |z₂ᵢ m₂ᵢ − z₂ⱼ m₂ⱼ|²
 * with z₁ = d₁ + p and z₂ = d₂ + r: linear in (q r², q r, q), and these are quadratic in p; the product of the first and
 * the last being the square of the middle one leaves a quartic.
 */
export function solveThreeAffineDepths({ bearings1, bearings2, depths1, depths2 }: SeenWithDepth): Similarity[] {
  const sides1 = SIDES.map(([i, j]) => sideByOffset(bearings1, depths1, [i, j]));
  const sides2 = SIDES.map(([i, j]) => sideByOffset(bearings2, depths2, [i, j]));
  const matrix = sides2.flat() as unknown as Matrix3;
  const determinant = determinant3(matrix);
  const lengths = sides2.map((side) => Math.hypot(...side));
  if (!(Math.abs(determinant) > SINGULAR * lengths.reduce((product, x) => product * x, 1))) return [];
  const inverse = adjugate3(matrix);
  // Columns: the coefficients of p², p and 1 of (q r², q r, q), times the determinant.
  const [two, one, zero] = [0, 1, 2].map((power) =>
    multiplyVector3(inverse, [sides1[0]![power]!, sides1[1]![power]!, sides1[2]![power]!]),
  ) as [Vector3, Vector3, Vector3];
  const product = (a: Vector3, b: Vector3) => (a[0] * b[2] + a[2] * b[0]) / 2 - a[1] * b[1];
  const quartic = [
    product(zero, zero),
    2 * product(zero, one),
    2 * product(zero, two) + product(one, one),
    2 * product(one, two),
    product(two, two),
  ];
  return solvePolynomial(quartic).flatMap((offset1) => {
    const [, qr, q] = addScaled(addScaled(zero, offset1, one), offset1 * offset1, two);
    if (!(q / determinant > 0)) return [];
    const offset2 = qr / q;
    return registerDepths({
      bearings1,
      bearings2,
      depths1: depths1.map((depth) => depth + offset1) as unknown as Vector3,
      depths2: depths2.map((depth) => depth + offset2) as unknown as Vector3,
    });
  });
}

/** The similarity of two cameras with one focal length. */
export interface SharedFocalSimilarity {
  readonly cam2FromCam1: Similarity;
  /** What x and y of the bearings are to be divided by. */
  readonly focal: number;
}

/**
 * Up to two similarities and the focal length that both cameras share, for depths that are right up to one ratio of
 * scales q; x and y of the bearings are in units of any focal length f. A side has the squared length A / f² + C for camera 1
 * and q (B / f² + D) for camera 2; two sides leave a quadratic in 1 / f². The third takes part in the registration.
 */
export function solveThreeDepthsSharedFocal(sample: SeenWithDepth): SharedFocalSimilarity[] {
  const { bearings1, bearings2, depths1, depths2 } = sample;
  const [first, second] = [SIDES[0], SIDES[1]].map(([i, j]) => ({
    side1: sideByFocal(bearings1, depths1, [i, j]),
    side2: sideByFocal(bearings2, depths2, [i, j]),
  })) as [TwoSides, TwoSides];
  const [[a, c], [b, d]] = [first.side1, first.side2];
  const [[a2, c2], [b2, d2]] = [second.side1, second.side2];
  const roots = solveQuadratic(a * b2 - a2 * b, a * d2 + c * b2 - a2 * d - c2 * b, c * d2 - c2 * d);
  return roots.flatMap((inverseSquare) => {
    if (!(inverseSquare > 0)) return [];
    const focal = 1 / Math.sqrt(inverseSquare);
    const zoomed = (bearings: SeenWithDepth["bearings1"]) =>
      bearings.map(([x, y, z]): Vector3 => [x / focal, y / focal, z]) as unknown as SeenWithDepth["bearings1"];
    const seen = { ...sample, bearings1: zoomed(bearings1), bearings2: zoomed(bearings2) };
    return registerDepths(seen).map((cam2FromCam1) => ({ cam2FromCam1, focal }));
  });
}

interface TwoSides {
  readonly side1: readonly [number, number];
  readonly side2: readonly [number, number];
}

/**
 * The similarity that lays three points of camera 1 on the same three of camera 2, where depths are right up to one ratio
 * of scales; none where a depth is not in front of its camera, or the points lie in a line.
 */
export function registerDepths({ bearings1, bearings2, depths1, depths2 }: SeenWithDepth): Similarity[] {
  if (!(Math.min(...depths1, ...depths2) > 0)) return [];
  const registration = registerPoints(pointsAt(bearings1, depths1), pointsAt(bearings2, depths2));
  return registration.status === "ok" ? [registration.targetFromSource] : [];
}

function pointsAt(bearings: readonly Vector3[], depths: Vector3): Float64Array {
  const points = new Float64Array(3 * bearings.length);
  for (let k = 0; k < points.length; k++) points[k] = depths[Math.floor(k / 3)]! * bearings[Math.floor(k / 3)]![k % 3]!;
  return points;
}

/** The squared length of a side when an offset is added to the depths: coefficients of its square, itself and one. */
function sideByOffset(
  bearings: readonly Vector3[],
  depths: Vector3,
  [i, j]: readonly [0 | 1, 1 | 2],
): [number, number, number] {
  const moved = addScaled(bearings[i]!, -1, bearings[j]!);
  const still = addScaled([0, 0, 0], depths[i], bearings[i]!);
  const side = addScaled(still, -depths[j], bearings[j]!);
  return [dot(moved, moved), 2 * dot(moved, side), dot(side, side)];
}

/** The squared length of a side: across the axis, in squared units of x and y, and along it. */
function sideByFocal(
  bearings: readonly Vector3[],
  depths: Vector3,
  [i, j]: readonly [0 | 1, 1 | 2],
): readonly [number, number] {
  const [x, y, z] = [0, 1, 2].map((k) => depths[i] * bearings[i]![k]! - depths[j] * bearings[j]![k]!) as [
    number,
    number,
    number,
  ];
  return [x * x + y * y, z * z];
}

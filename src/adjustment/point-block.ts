import { BY_POINT, ERROR, type Reprojection, ROW } from "./reprojection.ts";

/** The normal equations of one point alone: lower triangle of JᵀJ (6 numbers, by rows) and Jᵀe (3). */
export type PointBlock = Float64Array;

/** Where Jᵀe starts. */
export const POINT_GRADIENT = 6;

/** Room for one, all zero. */
export function emptyPointBlock(): PointBlock {
  return new Float64Array(9);
}

/** Adds what one observation knows of the point. */
export function addObservation(block: PointBlock, reprojection: Reprojection): void {
  for (let row = 0; row < 2 * ROW; row += ROW) {
    const x = reprojection[row + BY_POINT]!;
    const y = reprojection[row + BY_POINT + 1]!;
    const z = reprojection[row + BY_POINT + 2]!;
    const error = reprojection[row + ERROR]!;
    block[0]! += x * x;
    block[1]! += y * x;
    block[2]! += y * y;
    block[3]! += z * x;
    block[4]! += z * y;
    block[5]! += z * z;
    block[6]! += x * error;
    block[7]! += y * error;
    block[8]! += z * error;
  }
}

/** What is left of a pivot after elimination, relative to it, that is not only rounding error. */
const SMALLEST_PIVOT = 1e-14;

/**
 * The inverse of JᵀJ + damping · diag JᵀJ into `inverse` (6 numbers, lower triangle by rows); zero, which leaves the point where
 * it is, for one that its observations do not fix even so.
 */
export function invertDamped(block: PointBlock, damping: number, inverse: Float64Array): void {
  const stretch = 1 + damping;
  const [xx, yx, yy, zx, zy, zz] = [block[0]!, block[1]!, block[2]!, block[3]!, block[4]!, block[5]!];
  // L D Lᵀ, then its inverse by the inverse of L.
  const d0 = xx * stretch;
  const l1 = yx / d0;
  const l2 = zx / d0;
  const d1 = yy * stretch - l1 * yx;
  const l3 = (zy - l2 * yx) / d1;
  const d2 = zz * stretch - l2 * zx - l3 * (zy - l2 * yx);
  if (!(d0 > 0 && d1 > SMALLEST_PIVOT * yy && d2 > SMALLEST_PIVOT * zz)) {
    inverse.fill(0);
    return;
  }
  const m2 = l1 * l3 - l2;
  inverse[0] = 1 / d0 + (l1 * l1) / d1 + (m2 * m2) / d2;
  inverse[1] = -l1 / d1 - (m2 * l3) / d2;
  inverse[2] = 1 / d1 + (l3 * l3) / d2;
  inverse[3] = m2 / d2;
  inverse[4] = -l3 / d2;
  inverse[5] = 1 / d2;
}

/** x ↦ A x for a symmetric A as `invertDamped` gives it, from and to places in lists. */
export function multiplySymmetric3(
  a: Float64Array,
  x: Float64Array,
  from: number,
  product: Float64Array,
  to: number,
): void {
  const x0 = x[from]!;
  const x1 = x[from + 1]!;
  const x2 = x[from + 2]!;
  product[to] = a[0]! * x0 + a[1]! * x1 + a[3]! * x2;
  product[to + 1] = a[1]! * x0 + a[2]! * x1 + a[4]! * x2;
  product[to + 2] = a[3]! * x0 + a[4]! * x1 + a[5]! * x2;
}

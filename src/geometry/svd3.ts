import { addScaled, cross, dot, fromColumns, type Matrix3, normalize, scaleVector3, type Vector3 } from "./mat3.ts";

/** `m = u diag(singularValues) vᵀ`, with `u` and `v` orthogonal (of either handedness). */
export interface Svd3 {
  readonly u: Matrix3;
  /** Largest first, none negative. */
  readonly singularValues: Vector3;
  readonly v: Matrix3;
}

type Columns = [Vector3, Vector3, Vector3];

const MAX_SWEEPS = 30;
const COLUMN_PAIRS = [
  [0, 1],
  [0, 2],
  [1, 2],
] as const;

/**
 * Singular value decomposition of a 3×3 matrix by one-sided Jacobi rotations, which keeps small singular values
 * accurate. Singular and zero matrices are fine: `u` is completed to an orthogonal matrix.
 */
export function svd3(m: Matrix3): Svd3 {
  // Rotating the columns of m until they are orthogonal turns m into u diag(singularValues), and the identity into v.
  const left: Columns = [
    [m[0], m[3], m[6]],
    [m[1], m[4], m[7]],
    [m[2], m[5], m[8]],
  ];
  const right: Columns = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (const [p, q] of COLUMN_PAIRS) {
      const pp = dot(left[p], left[p]);
      const qq = dot(left[q], left[q]);
      const pq = dot(left[p], left[q]);
      if (!(Math.abs(pq) > Number.EPSILON * Math.sqrt(pp * qq))) continue;
      rotated = true;
      const zeta = (qq - pp) / (2 * pq);
      const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
      rotateColumns(left, [p, q], tangent);
      rotateColumns(right, [p, q], tangent);
    }
    if (!rotated) break;
  }
  const lengths = left.map((column) => Math.hypot(...column));
  const [i, j, k] = [0, 1, 2].sort((p, q) => lengths[q]! - lengths[p]!) as [0, 1, 2];
  return {
    u: fromColumns(...orthonormalize([left[i], left[j], left[k]])),
    singularValues: [lengths[i]!, lengths[j]!, lengths[k]!],
    v: fromColumns(right[i], right[j], right[k]),
  };
}

function rotateColumns(columns: Columns, [p, q]: readonly [0 | 1, 1 | 2], tangent: number): void {
  const cosine = 1 / Math.hypot(1, tangent);
  const [a, b] = [columns[p], columns[q]];
  columns[p] = scaleVector3(cosine, addScaled(a, -tangent, b));
  columns[q] = scaleVector3(cosine, addScaled(b, tangent, a));
}

/** Unit vectors along three orthogonal columns, longest first; columns that are nearly zero get a direction. */
function orthonormalize([a, b, c]: Columns): Columns {
  const longest = Math.hypot(...a);
  const e1: Vector3 = longest > 0 ? normalize(a) : [1, 0, 0];
  const e2 = Math.hypot(...b) > Number.EPSILON * longest ? normalize(b) : anyPerpendicular(e1);
  const e3 = cross(e1, e2);
  return [e1, e2, dot(e3, c) < 0 ? scaleVector3(-1, e3) : e3];
}

function anyPerpendicular(unit: Vector3): Vector3 {
  return normalize(cross(unit, Math.abs(unit[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0]));
}

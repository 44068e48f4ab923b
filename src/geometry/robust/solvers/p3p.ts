import type { Pose } from "../../../core/camera.ts";
import {
  add3,
  adjugate3,
  cross,
  determinant3,
  dot,
  fromColumns,
  type Matrix3,
  multiply3,
  multiplyVector3,
  scale3,
  scaleVector3,
  subtract,
  transpose3,
  type Vector3,
} from "../../mat3.ts";
import { rigidPose } from "../../pose.ts";
import { quaternionFromRotation, rotationFromQuaternion } from "../../rotation.ts";
import { solveCubic, solveQuadratic } from "../../solve-cubic.ts";

/** Three points seen by a camera. */
export interface P3PSample {
  /** Unit directions in the camera's frame. */
  readonly bearings: readonly [Vector3, Vector3, Vector3];
  /** Where the points lie in the world. */
  readonly points: readonly [Vector3, Vector3, Vector3];
}

/** Squared sides of the triangle and cosines between its bearings, in the order (1,2), (1,3), (2,3). */
interface Triangle {
  readonly sides: Vector3;
  readonly cosines: Vector3;
}

const NEWTON_STEPS = 3;
/** Squared sine below which three points are a line, which fixes no pose. */
const LINE_TOLERANCE = 1e-14;

/**
 * Up to four poses `camFromWorld` under which three world points lie, in front of the camera, exactly on their bearings
 * (Ding et al., "Revisiting the P3P Problem", CVPR 2023): with x = d₁/d₃ and y = d₂/d₃ the law of cosines gives two
 * conics; one degenerate member of their pencil is two lines, and those intersect the conics in the solutions.
 */
export function solveP3P({ bearings: [b1, b2, b3], points: [p1, p2, p3] }: P3PSample): Pose[] {
  const side12 = subtract(p2, p1);
  const side13 = subtract(p3, p1);
  const side23 = subtract(p3, p2);
  const normal = cross(side12, side13);
  const sides = [dot(side12, side12), dot(side13, side13), dot(side23, side23)] as const;
  if (!(dot(normal, normal) > LINE_TOLERANCE * sides[0] * sides[1])) return [];

  const inverse = scale3(1 / dot(normal, normal), adjugate3(fromColumns(side12, side13, normal)));
  return solveDepths({ sides, cosines: [dot(b1, b2), dot(b1, b3), dot(b2, b3)] }).map(([d1, d2, d3]) => {
    const seen1 = scaleVector3(d1, b1);
    const seen12 = subtract(scaleVector3(d2, b2), seen1);
    const seen13 = subtract(scaleVector3(d3, b3), seen1);
    const turn = multiply3(fromColumns(seen12, seen13, cross(seen12, seen13)), inverse);
    // A rotation up to rounding, which this removes.
    const rotation = rotationFromQuaternion(quaternionFromRotation(turn));
    return rigidPose(rotation, subtract(seen1, multiplyVector3(rotation, p1)));
  });
}

/** The distances of the three points from the camera. */
function solveDepths(triangle: Triangle): Vector3[] {
  const [a12, a13, a23] = triangle.sides;
  const [m12, m13, m23] = triangle.cosines;
  const unit = 1 / Math.max(a12, a13, a23);
  // Over (x, y, 1): a₂₃ |d₁b₁ − d₂b₂|² = a₁₂ |d₂b₂ − d₃b₃|², and a₂₃ |d₁b₁ − d₃b₃|² = a₁₃ |d₂b₂ − d₃b₃|².
  const conic1 = scale3(unit, [a23, -a23 * m12, 0, -a23 * m12, a23 - a12, a12 * m23, 0, a12 * m23, -a12]);
  const conic2 = scale3(unit, [a23, 0, -a23 * m13, 0, -a13, a13 * m23, -a23 * m13, a13 * m23, a23 - a13]);
  const solutions: Vector3[] = [];
  for (const [x, y] of intersectConics(conic1, conic2)) {
    if (!(x > 0 && y > 0)) continue;
    const squares = x * x + y * y - 2 * x * y * m12 + (x * x + 1 - 2 * x * m13) + (y * y + 1 - 2 * y * m23);
    const d3 = Math.sqrt((a12 + a13 + a23) / squares);
    const depths = polish([x * d3, y * d3, d3], triangle);
    if (depths.every((d) => d > 0)) solutions.push(depths);
  }
  return solutions;
}

/** The real intersections of two conics, symmetric matrices over (x, y, 1). */
function intersectConics(a: Matrix3, b: Matrix3): [number, number][] {
  const detA = determinant3(a);
  const detB = determinant3(b);
  if (Math.abs(detB) < Math.abs(detA)) return intersectConics(b, a);
  const roots = solveCubic(detB, traceOfProduct(a, adjugate3(b)), traceOfProduct(adjugate3(a), b), detA);
  const candidates = roots.map((gamma) => ({ gamma, ...splitIntoLines(add3(a, scale3(gamma, b))) }));
  const best = candidates.reduce((x, y) => (y.realness > x.realness ? y : x), { gamma: 0, lines: [], realness: -1 });
  if (best.realness < -Number.EPSILON) return [];
  // On the lines a = −γ b: the conic that differs more from the degenerate member intersects them at a larger angle.
  return best.lines.flatMap((line) => intersectLine(line, Math.abs(best.gamma) > 1 ? a : b));
}

/**
 * A degenerate conic l mᵀ + m lᵀ as its two lines. Its adjugate is −p pᵀ with p = l × m, and adding [p]× leaves twice
 * m lᵀ (Richter-Gebert, Perspectives on Projective Geometry, 11.1). `realness` is below zero for complex lines.
 */
function splitIntoLines(conic: Matrix3): { readonly lines: Vector3[]; readonly realness: number } {
  const unit = scale3(1 / Math.hypot(...conic), conic);
  const adjugate = adjugate3(unit);
  const axis = indexOfLargest([-adjugate[0], -adjugate[4], -adjugate[8]]);
  const realness = -adjugate[4 * axis]!;
  const factor = realness > 0 ? -1 / Math.sqrt(realness) : 0;
  const [x, y, z] = scaleVector3(factor, rowOf(adjugate, axis));
  const outer = add3(unit, [0, -z, y, z, 0, -x, -y, x, 0]);
  const entry = indexOfLargest(outer.map(Math.abs));
  return { lines: [rowOf(outer, Math.floor(entry / 3)), rowOf(transpose3(outer), entry % 3)], realness };
}

function intersectLine([l, m, n]: Vector3, conic: Matrix3): [number, number][] {
  if (Math.abs(l) < Math.abs(m)) {
    const [a, b, c, d, e, f, g, h, i] = conic;
    return intersectLine([m, l, n], [e, d, f, b, a, c, h, g, i]).map(([y, x]) => [x, y]);
  }
  const slope = -m / l;
  const start = -n / l;
  const [xx, xy, x1, , yy, y1, , , one] = conic;
  const roots = solveQuadratic(
    (xx * slope + 2 * xy) * slope + yy,
    2 * ((xx * slope + xy) * start + x1 * slope + y1),
    (xx * start + 2 * x1) * start + one,
  );
  return roots.map((y) => [slope * y + start, y]);
}

/** Newton's method on the law of cosines for the three sides. */
function polish(start: Vector3, { sides: [a12, a13, a23], cosines: [m12, m13, m23] }: Triangle): Vector3 {
  let depths = start;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const [d1, d2, d3] = depths;
    const residuals = [
      d1 * d1 + d2 * d2 - 2 * d1 * d2 * m12 - a12,
      d1 * d1 + d3 * d3 - 2 * d1 * d3 * m13 - a13,
      d2 * d2 + d3 * d3 - 2 * d2 * d3 * m23 - a23,
    ] as const;
    // biome-ignore format: rows
    const jacobian: Matrix3 = [
      2 * (d1 - d2 * m12), 2 * (d2 - d1 * m12), 0,
      2 * (d1 - d3 * m13), 0, 2 * (d3 - d1 * m13),
      0, 2 * (d2 - d3 * m23), 2 * (d3 - d2 * m23),
    ];
    const determinant = determinant3(jacobian);
    if (determinant === 0) break;
    depths = subtract(depths, scaleVector3(1 / determinant, multiplyVector3(adjugate3(jacobian), residuals)));
  }
  return depths;
}

/** The trace of `a b` for symmetric matrices. */
function traceOfProduct(a: Matrix3, b: Matrix3): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

function rowOf(m: Matrix3, row: number): Vector3 {
  return [m[3 * row]!, m[3 * row + 1]!, m[3 * row + 2]!];
}

function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}

import { add3, adjugate3, determinant3, type Matrix3, multiply3, scale3 } from "../../mat3.ts";
import { nullSpace } from "../../null-space.ts";
import { solveCubic } from "../../solve-cubic.ts";
import { epipolarRows, type SeenTwice } from "./essential-five-points.ts";

/**
 * Up to three fundamental matrices F with bearing₂ᵀ F bearing₁ = 0 for seven points and det F = 0, of unit Frobenius norm
 * and either sign (Hartley and Zisserman, Multiple View Geometry, 11.1.2). Points are directions of any length: pixels
 * (x, y, 1) scaled to about one.
 */
export function solveFundamentalSevenPoints(points: SeenTwice): Matrix3[] {
  const basis = nullSpace(epipolarRows(points), 9);
  if (basis === undefined) return [];
  const [a, b] = basis.map((vector) => [...vector] as unknown as Matrix3) as [Matrix3, Matrix3];
  const roots = solveCubic(
    determinant3(b),
    trace(multiply3(a, adjugate3(b))),
    trace(multiply3(adjugate3(a), b)),
    determinant3(a),
  );
  return roots.map((root) => scale3(1 / Math.hypot(1, root), add3(a, scale3(root, b))));
}

function trace(m: Matrix3): number {
  return m[0] + m[4] + m[8];
}

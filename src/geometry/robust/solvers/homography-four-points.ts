import { determinant3, type Matrix3, type Vector3 } from "../../mat3.ts";
import { nullSpace } from "../../null-space.ts";
import type { SeenTwice } from "./essential-five-points.ts";

/** Determinant of a unit matrix below which three points are a line. */
const SINGULAR = 1e-9;

/**
 * The homography H, of unit Frobenius norm and positive determinant, with H bearing₁ along bearing₂ for four points
 * (Hartley and Zisserman, Multiple View Geometry, 4.1); none where three of them lie in a line. A plane that both cameras
 * see from the same side keeps directions' signs; four points that would change theirs have none.
 */
export function solveHomographyFourPoints({ bearings1, bearings2 }: SeenTwice): Matrix3[] {
  const rows = new Float64Array(72);
  bearings1.forEach((bearing1, point) => {
    const [x, y, z] = bearings2[point]!;
    // Two rows of bearing₂ × H bearing₁ = 0: those perpendicular to the largest component lose nothing.
    const [first, second] = crossRows([x, y, z]);
    for (let i = 0; i < 9; i++) {
      const row = Math.floor(i / 3);
      rows[18 * point + i] = first[row]! * bearing1[i % 3]!;
      rows[18 * point + 9 + i] = second[row]! * bearing1[i % 3]!;
    }
  });
  const kernel = nullSpace(rows, 9)?.[0];
  if (kernel === undefined) return [];
  const matrix = [...kernel] as unknown as Matrix3;
  const determinant = determinant3(matrix);
  if (!(Math.abs(determinant) > SINGULAR)) return [];
  const homography = determinant < 0 ? (matrix.map((value) => -value) as unknown as Matrix3) : matrix;
  return bearings1.every((bearing1, i) => keepsSide(homography, bearing1, bearings2[i]!)) ? [homography] : [];
}

function crossRows([x, y, z]: Vector3): [Vector3, Vector3] {
  const rows: [Vector3, Vector3, Vector3] = [
    [0, -z, y],
    [z, 0, -x],
    [-y, x, 0],
  ];
  const sizes = [Math.abs(x), Math.abs(y), Math.abs(z)];
  const largest = sizes.indexOf(Math.max(...sizes));
  return [rows[(largest + 1) % 3]!, rows[(largest + 2) % 3]!];
}

function keepsSide([a, b, c, d, e, f, g, h, i]: Matrix3, [x, y, z]: Vector3, [u, v, w]: Vector3): boolean {
  return u * (a * x + b * y + c * z) + v * (d * x + e * y + f * z) + w * (g * x + h * y + i * z) > 0;
}

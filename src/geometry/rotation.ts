import type { Matrix3, Vector3 } from "./mat3.ts";

/** A unit quaternion `[x, y, z, w]`; `q` and `-q` are the same rotation. */
export type Quaternion = readonly [x: number, y: number, z: number, w: number];

/** The rotation matrix of a quaternion, which need not have unit length. */
export function rotationFromQuaternion([x, y, z, w]: Quaternion): Matrix3 {
  const s = 2 / (x * x + y * y + z * z + w * w);
  // biome-ignore format: rows
  return [
    1 - s * (y * y + z * z), s * (x * y - z * w), s * (x * z + y * w),
    s * (x * y + z * w), 1 - s * (x * x + z * z), s * (y * z - x * w),
    s * (x * z - y * w), s * (y * z + x * w), 1 - s * (x * x + y * y),
  ];
}

/** The quaternion, with w ≥ 0, of a rotation matrix. */
export function quaternionFromRotation([a, b, c, d, e, f, g, h, i]: Matrix3): Quaternion {
  // The rows of 4 q qᵀ. Each is q times one of its components; the largest of these loses no digits.
  const rows = [
    [1 + a - e - i, b + d, c + g, h - f],
    [b + d, 1 - a + e - i, f + h, c - g],
    [c + g, f + h, 1 - a - e + i, d - b],
    [h - f, c - g, d - b, 1 + a + e + i],
  ] as const;
  const diagonal = rows.map((row, k) => row[k]!);
  const [x, y, z, w] = rows[diagonal.indexOf(Math.max(...diagonal))]!;
  const length = Math.hypot(x, y, z, w) * (w < 0 ? -1 : 1);
  return [x / length, y / length, z / length, w / length];
}

/** Rodrigues' formula: the rotation about the direction of `vector` by its length in radians. */
export function rotationFromVector([x, y, z]: Vector3): Matrix3 {
  const half = Math.hypot(x, y, z) / 2;
  const s = half > 1e-9 ? Math.sin(half) / (2 * half) : 0.5;
  return rotationFromQuaternion([s * x, s * y, s * z, Math.cos(half)]);
}

/** The inverse of `rotationFromVector`, the logarithm map: axis times angle, 0 to π radians. */
export function vectorFromRotation(rotation: Matrix3): Vector3 {
  const [x, y, z, w] = quaternionFromRotation(rotation);
  const length = Math.hypot(x, y, z);
  const factor = length > 1e-12 ? (2 * Math.atan2(length, w)) / length : 2;
  return [factor * x, factor * y, factor * z];
}

/** The geodesic distance in radians, 0 to π, between rotations `a` and `b`; accurate for tiny angles too. */
export function rotationAngle(a: Matrix3, b: Matrix3): number {
  const squared = a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
  return 2 * Math.asin(Math.min(1, Math.sqrt(squared / 8)));
}

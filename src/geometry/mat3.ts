/**
 * Three numbers: a point, a direction or a translation. Small vectors and matrices are tuples: their length is part of
 * their type, and V8 makes one twenty times faster than a typed array.
 */
export type Vector3 = readonly [number, number, number];

/** A 3×3 matrix, row-major. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

/** The 3×3 identity. */
export const IDENTITY3: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1];

/** The matrix with these columns. */
export function fromColumns(a: Vector3, b: Vector3, c: Vector3): Matrix3 {
  return [a[0], b[0], c[0], a[1], b[1], c[1], a[2], b[2], c[2]];
}

/** Rows and columns exchanged. */
export function transpose3(m: Matrix3): Matrix3 {
  return [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]];
}

/** The product of a number and a matrix. */
export function scale3(factor: number, m: Matrix3): Matrix3 {
  const [a, b, c, d, e, f, g, h, i] = m;
  const s = factor;
  return [s * a, s * b, s * c, s * d, s * e, s * f, s * g, s * h, s * i];
}

/** The sum of two matrices. */
export function add3(a: Matrix3, b: Matrix3): Matrix3 {
  const [b0, b1, b2, b3, b4, b5, b6, b7, b8] = b;
  return [a[0] + b0, a[1] + b1, a[2] + b2, a[3] + b3, a[4] + b4, a[5] + b5, a[6] + b6, a[7] + b7, a[8] + b8];
}

/** The matrix product `a b`. */
export function multiply3(a: Matrix3, b: Matrix3): Matrix3 {
  const [a0, a1, a2, a3, a4, a5, a6, a7, a8] = a;
  const [b0, b1, b2, b3, b4, b5, b6, b7, b8] = b;
  // biome-ignore format: rows
  return [
    a0 * b0 + a1 * b3 + a2 * b6, a0 * b1 + a1 * b4 + a2 * b7, a0 * b2 + a1 * b5 + a2 * b8,
    a3 * b0 + a4 * b3 + a5 * b6, a3 * b1 + a4 * b4 + a5 * b7, a3 * b2 + a4 * b5 + a5 * b8,
    a6 * b0 + a7 * b3 + a8 * b6, a6 * b1 + a7 * b4 + a8 * b7, a6 * b2 + a7 * b5 + a8 * b8,
  ];
}

/** The matrix-vector product `m v`. */
export function multiplyVector3(m: Matrix3, [x, y, z]: Vector3): Vector3 {
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z];
}

/** The determinant. */
export function determinant3([a, b, c, d, e, f, g, h, i]: Matrix3): number {
  return a * (e * i - f * h) + b * (f * g - d * i) + c * (d * h - e * g);
}

/** The adjugate: `m adjugate3(m) = determinant3(m) I`, for singular matrices too. */
export function adjugate3([a, b, c, d, e, f, g, h, i]: Matrix3): Matrix3 {
  // biome-ignore format: rows
  return [
    e * i - f * h, c * h - b * i, b * f - c * e,
    f * g - d * i, a * i - c * g, c * d - a * f,
    d * h - e * g, b * g - a * h, a * e - b * d,
  ];
}

/** `a + s b`. */
export function addScaled(a: Vector3, s: number, b: Vector3): Vector3 {
  return [a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]];
}

/** `a − b`. */
export function subtract(a: Vector3, b: Vector3): Vector3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** The product of a number and a vector. */
export function scaleVector3(s: number, [x, y, z]: Vector3): Vector3 {
  return [s * x, s * y, s * z];
}

/** The inner product. */
export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** The cross product `a × b`. */
export function cross([a, b, c]: Vector3, [x, y, z]: Vector3): Vector3 {
  return [b * z - c * y, c * x - a * z, a * y - b * x];
}

/** `v` at unit length; the zero vector stays zero. */
export function normalize(v: Vector3): Vector3 {
  const length = Math.hypot(...v);
  return length > 0 ? scaleVector3(1 / length, v) : v;
}

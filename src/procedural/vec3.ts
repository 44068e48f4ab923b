import type { Vector3 } from "../geometry/mat3.ts";

export { cross, dot, normalize, subtract } from "../geometry/mat3.ts";

/** A point, direction or linear RGB color of the scene being built; bulk numbers live in typed arrays instead. */
export type Vec3 = Vector3;

/** `a + b`. */
export function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** `s * a`. */
export function scale(a: Vec3, s: number): Vec3 {
  return [a[0] * s, a[1] * s, a[2] * s];
}

/** `(1 - t) a + t b`. */
export function mix(a: Vec3, b: Vec3, t: number): Vec3 {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

import { cross, dot, type Vector3 } from "../geometry/mat3.ts";

/** Tells of two directions, unit vectors, whether the angle between them is at least this one, in radians; accurate for tiny ones too. */
export function angleGate(minAngle: number): (a: Vector3, b: Vector3) => boolean {
  const [sine, cosine] = [Math.sin(minAngle), Math.cos(minAngle)];
  return (a, b) => {
    const normal = cross(a, b);
    // The sine of the angle minus the least one.
    return Math.sqrt(dot(normal, normal)) * cosine >= dot(a, b) * sine;
  };
}

import { cross, dot, normalize, subtract, type Vector3 } from "../geometry/mat3.ts";

/** The angle in radians between two directions, accurate for tiny ones too. */
export function angleBetween(a: Vector3, b: Vector3): number {
  return Math.atan2(Math.hypot(...cross(a, b)), dot(a, b));
}

/** The largest angle in radians under which two of the centers are seen from a point; 0 for fewer than two. */
export function triangulationAngle(point: Vector3, centers: readonly Vector3[]): number {
  const directions = centers.map((center) => normalize(subtract(center, point)));
  let widest = 0;
  for (const [i, direction] of directions.entries()) {
    for (let j = 0; j < i; j++) widest = Math.max(widest, angleBetween(direction, directions[j]!));
  }
  return widest;
}

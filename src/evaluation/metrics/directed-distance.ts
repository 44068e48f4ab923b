import { nearestNeighbors } from "../../geometry/nearest-neighbors.ts";
import { mean } from "./statistics.ts";

/**
 * Mean distance of `queries` `[n, 3]` from the nearest of `points` `[n, 3]`, in their unit: accuracy from found to true points,
 * completeness the other way (Seitz et al. 2006; Jensen et al. 2014). Those of `limit` and more are left out, as the DTU
 * benchmark does with its 20 mm; undefined where nothing is left.
 */
export function directedDistance(queries: Float32Array, points: Float32Array, limit: number): number | undefined {
  const { squaredDistances } = nearestNeighbors(queries, points);
  const distances = Array.from(squaredDistances, Math.sqrt);
  return mean(distances.filter((distance) => distance < limit && Number.isFinite(distance))) ?? undefined;
}

import { nearestNeighbors } from "../../geometry/nearest-neighbors.ts";
import { mean, median } from "./statistics.ts";

/** How two point clouds lie to each other, in their unit (mm for DTU). */
export interface SurfaceDistance {
  /** Mean distance of a reconstructed point from the nearest true one. */
  readonly accuracy: number;
  /** Mean distance of a true point from the nearest reconstructed one. */
  readonly completeness: number;
  /** The mean of both. */
  readonly overall: number;
  readonly medianAccuracy: number;
  readonly medianCompleteness: number;
}

/**
 * Accuracy and completeness (Seitz et al. 2006; Jensen et al. 2014). Points `[n, 3]`; distances of `limit` and more are left
 * out, as the DTU benchmark does with its 20 mm. Undefined where nothing is left.
 */
export function surfaceDistance(
  truth: Float32Array,
  found: Float32Array,
  limit: number = Number.POSITIVE_INFINITY,
): SurfaceDistance | undefined {
  const toTruth = distances(found, truth, limit);
  const toFound = distances(truth, found, limit);
  const [accuracy, completeness] = [mean(toTruth), mean(toFound)];
  if (accuracy === null || completeness === null) return undefined;
  return {
    accuracy,
    completeness,
    overall: (accuracy + completeness) / 2,
    medianAccuracy: median(toTruth)!,
    medianCompleteness: median(toFound)!,
  };
}

/** The mean distance of `queries` `[n, 3]` from the nearest of `points`; those of `limit` and more do not count. */
export function directedDistance(queries: Float32Array, points: Float32Array, limit: number): number | undefined {
  return mean(distances(queries, points, limit)) ?? undefined;
}

function distances(queries: Float32Array, points: Float32Array, limit: number): number[] {
  const { squaredDistances } = nearestNeighbors(queries, points);
  return Array.from(squaredDistances, Math.sqrt).filter((distance) => distance < limit && Number.isFinite(distance));
}

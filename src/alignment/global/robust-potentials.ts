import { type LaplacianPattern, laplacianPattern, solveLaplacian } from "./graph-laplacian.ts";

/** A measurement of how much a value differs between two nodes of a graph: value of `view2` − value of `view1`. */
export interface Difference {
  readonly view1: number;
  readonly view2: number;
  readonly difference: readonly number[];
  readonly weight: number;
}

const ROUNDS = 20;

/** Residuals below this share of their mean count as that, so that no measurement gets all the weight. */
const SMALLEST_RESIDUAL = 1e-3;

/**
 * The values `[count][dimensions]` of the nodes of a connected graph that minimize the weighted sum of distances (not of
 * their squares) to measured differences; node 0 has the value 0. Reweighted least squares on the graph's Laplacian.
 */
export function robustPotentials(count: number, measurements: readonly Difference[]): number[][] {
  const dimensions = measurements[0]?.difference.length ?? 1;
  const pattern = laplacianPattern(count, measurements);
  let values = solve(pattern, dimensions, measurements);
  for (let round = 1; round < ROUNDS; round++) {
    const residuals = measurements.map(({ view1, view2, difference }) =>
      Math.hypot(...difference.map((d, k) => values[view2]![k]! - values[view1]![k]! - d)),
    );
    const total = measurements.reduce((sum, { weight }) => sum + weight, 0);
    const floor = SMALLEST_RESIDUAL * (measurements.reduce((sum, m, i) => sum + m.weight * residuals[i]!, 0) / total);
    if (!(floor > 0)) break;
    const reweighted = measurements.map((m, i) => ({ ...m, weight: m.weight / Math.max(residuals[i]!, floor) }));
    values = solve(pattern, dimensions, reweighted);
  }
  return values;
}

function solve(pattern: LaplacianPattern, dimensions: number, measurements: readonly Difference[]): number[][] {
  const count = pattern.rows.length;
  const sides = Array.from({ length: dimensions }, () => new Float64Array(count));
  for (const { view1, view2, difference, weight } of measurements) {
    sides.forEach((side, k) => {
      side[view1]! -= weight * difference[k]!;
      side[view2]! += weight * difference[k]!;
    });
  }
  const solutions = solveLaplacian(pattern, measurements, sides);
  return Array.from({ length: count }, (_, node) => solutions.map((solution) => solution[node]!));
}

import { solvePositiveDefinite } from "../../geometry/solve-positive-definite.ts";

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
  let values = solve(count, dimensions, measurements);
  for (let round = 1; round < ROUNDS; round++) {
    const residuals = measurements.map(({ view1, view2, difference }) =>
      Math.hypot(...difference.map((d, k) => values[view2]![k]! - values[view1]![k]! - d)),
    );
    const total = measurements.reduce((sum, { weight }) => sum + weight, 0);
    const floor = SMALLEST_RESIDUAL * (measurements.reduce((sum, m, i) => sum + m.weight * residuals[i]!, 0) / total);
    if (!(floor > 0)) break;
    const reweighted = measurements.map((m, i) => ({ ...m, weight: m.weight / Math.max(residuals[i]!, floor) }));
    values = solve(count, dimensions, reweighted);
  }
  return values;
}

function solve(count: number, dimensions: number, measurements: readonly Difference[]): number[][] {
  const unknowns = count - 1;
  const laplacian = new Float64Array(unknowns * unknowns);
  const sides = Array.from({ length: dimensions }, () => new Float64Array(unknowns));
  for (const { view1, view2, difference, weight } of measurements) {
    const a = view1 - 1;
    const b = view2 - 1;
    if (a >= 0) laplacian[a * unknowns + a]! += weight;
    if (b >= 0) laplacian[b * unknowns + b]! += weight;
    if (a >= 0 && b >= 0) laplacian[Math.max(a, b) * unknowns + Math.min(a, b)]! -= weight;
    sides.forEach((side, k) => {
      if (a >= 0) side[a]! -= weight * difference[k]!;
      if (b >= 0) side[b]! += weight * difference[k]!;
    });
  }
  const solutions = sides.map((side) => solvePositiveDefinite(laplacian, side) ?? new Float64Array(unknowns));
  return Array.from({ length: count }, (_, node) => solutions.map((s) => (node === 0 ? 0 : s[node - 1]!)));
}

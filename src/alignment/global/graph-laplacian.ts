import { compactOrder } from "../../geometry/compact-order.ts";
import { type Envelope, envelopeOf, factorizeEnvelope, solveEnvelope } from "../../geometry/envelope-cholesky.ts";
import type { WeightedEdge } from "../spanning-forest.ts";

/** How the Laplacian of a graph is factorized: its nodes in an order that keeps rows short. */
export interface LaplacianPattern {
  /** By node, its row; −1 for node 0, whose value is 0. */
  readonly rows: Int32Array;
  readonly envelope: Envelope;
}

/** The pattern of a connected graph of nodes 0 to `count` − 1. */
export function laplacianPattern(
  count: number,
  edges: readonly Pick<WeightedEdge, "view1" | "view2">[],
): LaplacianPattern {
  const rows = new Int32Array(count).fill(-1);
  const inner = edges.filter(({ view1, view2 }) => view1 !== 0 && view2 !== 0);
  compactOrder(
    count,
    inner.map(({ view1, view2 }) => [view1, view2] as const),
  )
    .filter((node) => node !== 0)
    .forEach((node, row) => {
      rows[node] = row;
    });
  const firsts = Int32Array.from({ length: count - 1 }, (_, row) => row);
  for (const { view1, view2 } of inner) {
    const [a, b] = [rows[view1]!, rows[view2]!];
    const longer = Math.max(a, b);
    firsts[longer] = Math.min(firsts[longer]!, a, b);
  }
  return { rows, envelope: envelopeOf(firsts) };
}

/**
 * The values of the nodes `[count]` under which the Laplacian of a weighted graph gives each of `sides` `[count]`, node 0 having
 * the value 0; all 0 where the graph is not connected.
 */
export function solveLaplacian(
  { rows, envelope }: LaplacianPattern,
  edges: readonly WeightedEdge[],
  sides: readonly Float64Array[],
): Float64Array[] {
  const { offsets, size } = envelope;
  const values = new Float64Array(size);
  for (const { view1, view2, weight } of edges) {
    const [a, b] = [rows[view1]!, rows[view2]!];
    if (a === b) continue;
    if (a >= 0) values[offsets[a]! + a]! += weight;
    if (b >= 0) values[offsets[b]! + b]! += weight;
    if (a >= 0 && b >= 0) values[offsets[Math.max(a, b)]! + Math.min(a, b)]! -= weight;
  }
  if (!factorizeEnvelope(envelope, values)) return sides.map((side) => new Float64Array(side.length));
  return sides.map((side) => {
    const x = new Float64Array(offsets.length);
    rows.forEach((row, node) => {
      if (row >= 0) x[row] = side[node]!;
    });
    solveEnvelope(envelope, values, x);
    return Float64Array.from(rows, (row) => (row < 0 ? 0 : x[row]!));
  });
}

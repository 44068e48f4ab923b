import type { WeightedEdge } from "../spanning-forest.ts";

/** How the Laplacian of a graph is factorized: its nodes in an order that keeps rows short. */
export interface LaplacianPattern {
  /** By node, its row; −1 for node 0, whose value is 0. */
  readonly rows: Int32Array;
  /** By row, the first column that is not 0. */
  readonly firsts: Int32Array;
  /** By row, where its column 0 would lie among the values of all rows, each from its first column to the diagonal. */
  readonly offsets: Int32Array;
  readonly size: number;
}

/** The pattern of a connected graph of nodes 0 to `count` − 1, by Cuthill and McKee's order. */
export function laplacianPattern(
  count: number,
  edges: readonly Pick<WeightedEdge, "view1" | "view2">[],
): LaplacianPattern {
  const rows = new Int32Array(count).fill(-1);
  nodesInOrder(count, edges)
    .filter((node) => node !== 0)
    .reverse()
    .forEach((node, row) => {
      rows[node] = row;
    });
  const firsts = Int32Array.from({ length: count - 1 }, (_, row) => row);
  for (const { view1, view2 } of edges) {
    const [a, b] = [rows[view1]!, rows[view2]!];
    if (a < 0 || b < 0) continue;
    const longer = Math.max(a, b);
    firsts[longer] = Math.min(firsts[longer]!, a, b);
  }
  const offsets = new Int32Array(count - 1);
  let size = 0;
  firsts.forEach((first, row) => {
    offsets[row] = size - first;
    size += row - first + 1;
  });
  return { rows, firsts, offsets, size };
}

/** Breadth first from a node far from the others, those with few neighbors first. */
function nodesInOrder(count: number, edges: readonly Pick<WeightedEdge, "view1" | "view2">[]): number[] {
  const neighbors = Array.from({ length: count }, () => new Set<number>());
  for (const { view1, view2 } of edges) {
    neighbors[view1]!.add(view2);
    neighbors[view2]!.add(view1);
  }
  const sorted = neighbors.map((nodes) => [...nodes].sort((a, b) => neighbors[a]!.size - neighbors[b]!.size || a - b));
  const from = (start: number): number[] => {
    const seen = new Set([start]);
    // Iterating over a set visits what is added on the way: breadth first.
    for (const node of seen) for (const next of sorted[node]!) seen.add(next);
    return [...seen];
  };
  const order = from(from(0).at(-1)!);
  const reached = new Set(order);
  return [...order, ...Array.from({ length: count }, (_, node) => node).filter((node) => !reached.has(node))];
}

/**
 * The values of the nodes `[count]` under which the Laplacian of a weighted graph gives each of `sides` `[count]`, node 0 having
 * the value 0; all 0 where the graph is not connected. Cholesky's factorization between each row's first column and the diagonal.
 */
export function solveLaplacian(
  { rows, firsts, offsets, size }: LaplacianPattern,
  edges: readonly WeightedEdge[],
  sides: readonly Float64Array[],
): Float64Array[] {
  const values = new Float64Array(size);
  for (const { view1, view2, weight } of edges) {
    const [a, b] = [rows[view1]!, rows[view2]!];
    if (a === b) continue;
    if (a >= 0) values[offsets[a]! + a]! += weight;
    if (b >= 0) values[offsets[b]! + b]! += weight;
    if (a >= 0 && b >= 0) values[offsets[Math.max(a, b)]! + Math.min(a, b)]! -= weight;
  }
  for (let row = 0; row < firsts.length; row++) {
    const at = offsets[row]!;
    for (let column = firsts[row]!; column <= row; column++) {
      const other = offsets[column]!;
      let sum = values[at + column]!;
      for (let k = Math.max(firsts[row]!, firsts[column]!); k < column; k++)
        sum -= values[at + k]! * values[other + k]!;
      if (column < row) values[at + column] = sum / values[other + column]!;
      else if (sum > 0) values[at + row] = Math.sqrt(sum);
      else return sides.map((side) => new Float64Array(side.length));
    }
  }
  return sides.map((side) => {
    const x = new Float64Array(firsts.length);
    rows.forEach((row, node) => {
      if (row >= 0) x[row] = side[node]!;
    });
    for (let row = 0; row < x.length; row++) {
      for (let k = firsts[row]!; k < row; k++) x[row]! -= values[offsets[row]! + k]! * x[k]!;
      x[row]! /= values[offsets[row]! + row]!;
    }
    for (let row = x.length - 1; row >= 0; row--) {
      x[row]! /= values[offsets[row]! + row]!;
      for (let k = firsts[row]!; k < row; k++) x[k]! -= values[offsets[row]! + k]! * x[row]!;
    }
    return Float64Array.from(rows, (row) => (row < 0 ? 0 : x[row]!));
  });
}

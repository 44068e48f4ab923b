import { neighborSets } from "./neighbor-sets.ts";

/** In which order the nodes of a graph are eliminated, and what that makes of the graph. */
export interface Elimination {
  /** The nodes. */
  readonly order: readonly number[];
  /** By step, the steps that eliminate the neighbors that the node has by then, ascending: all of them come later. */
  readonly later: readonly Uint32Array[];
}

/**
 * An order of elimination that leaves few entries in Cholesky's factor: next is always a node with the fewest neighbors (Tinney and
 * Walker 1967), the first of them. Eliminating a node makes neighbors of its neighbors. Undefined where that takes more than `mostPairs` pairs.
 */
export function eliminationOrder(
  count: number,
  edges: Iterable<readonly [number, number]>,
  mostPairs: number = Number.POSITIVE_INFINITY,
): Elimination | undefined {
  const neighbors = neighborSets(count, edges);
  const left = new Set(neighbors.keys());
  const order: number[] = [];
  const later: (readonly number[])[] = [];
  let pairs = 0;
  while (left.size > 0) {
    let next = -1;
    for (const node of left) if (next < 0 || neighbors[node]!.size < neighbors[next]!.size) next = node;
    const around = [...neighbors[next]!];
    pairs += (around.length * (around.length + 1)) / 2;
    if (pairs > mostPairs) return undefined;
    for (const [i, a] of around.entries()) {
      neighbors[a]!.delete(next);
      for (const b of around.slice(0, i)) {
        neighbors[a]!.add(b);
        neighbors[b]!.add(a);
      }
    }
    left.delete(next);
    order.push(next);
    later.push(around);
    neighbors[next]!.clear();
  }
  const step = new Uint32Array(count);
  for (const [k, node] of order.entries()) step[node] = k;
  return { order, later: later.map((nodes) => Uint32Array.from(nodes, (node) => step[node]!).sort()) };
}

import { neighborSets } from "./neighbor-sets.ts";

/**
 * An order of the nodes of a graph in which neighbors stand near each other, so that its matrices have short rows (Cuthill and
 * McKee 1969): breadth first from a node far from the others, those with few neighbors first, and all of it backwards.
 */
export function compactOrder(count: number, edges: Iterable<readonly [number, number]>): number[] {
  const neighbors = neighborSets(count, edges);
  const sorted = neighbors.map((nodes) => [...nodes].sort((a, b) => neighbors[a]!.size - neighbors[b]!.size || a - b));
  const seen = new Set<number>();
  const order: number[] = [];
  for (let node = 0; node < count; node++) {
    if (seen.has(node)) continue;
    const component = breadthFirst(sorted, breadthFirst(sorted, node).at(-1)!);
    for (const member of component) seen.add(member);
    order.push(...component);
  }
  return order.reverse();
}

function breadthFirst(neighbors: readonly (readonly number[])[], start: number): number[] {
  const seen = new Set([start]);
  // Iterating over a set visits what is added on the way.
  for (const node of seen) for (const next of neighbors[node]!) seen.add(next);
  return [...seen];
}

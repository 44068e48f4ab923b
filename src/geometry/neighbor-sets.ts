/** By node of a graph, the nodes to which edges lead from it. */
export function neighborSets(count: number, edges: Iterable<readonly [number, number]>): Set<number>[] {
  const neighbors = Array.from({ length: count }, () => new Set<number>());
  for (const [a, b] of edges) {
    neighbors[a]!.add(b);
    neighbors[b]!.add(a);
  }
  return neighbors;
}

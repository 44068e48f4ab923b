/**
 * The groups of nodes 0 to `count` − 1 that hang together over edges, each in ascending order, by their smallest node; a
 * node without an edge is a group alone.
 */
export function connectedGroups(count: number, edges: readonly (readonly [number, number])[]): number[][] {
  const parent = Int32Array.from({ length: count }, (_, i) => i);
  const root = (node: number): number => {
    let top = node;
    while (parent[top] !== top) top = parent[top]!;
    for (let at = node; at !== top; ) {
      const next = parent[at]!;
      parent[at] = top;
      at = next;
    }
    return top;
  };
  for (const [a, b] of edges) parent[root(a)] = root(b);
  const groups = new Map<number, number[]>();
  for (let node = 0; node < count; node++) {
    const group = groups.get(root(node));
    if (group === undefined) groups.set(root(node), [node]);
    else group.push(node);
  }
  return [...groups.values()];
}

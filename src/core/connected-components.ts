/**
 * The connected components of a graph of nodes 0 to `count` − 1, each in ascending order, by their smallest node; a node
 * without an edge is one alone.
 */
export function connectedComponents(count: number, edges: readonly (readonly [number, number])[]): number[][] {
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
  const components = new Map<number, number[]>();
  for (let node = 0; node < count; node++) {
    const component = components.get(root(node));
    if (component === undefined) components.set(root(node), [node]);
    else component.push(node);
  }
  return [...components.values()];
}

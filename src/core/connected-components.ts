/** The components of a graph of numbered nodes whose edges come one by one. */
export interface GrowingComponents {
  readonly areJoined: (a: number, b: number) => boolean;
  readonly join: (a: number, b: number) => void;
  /** Each in ascending order, by their smallest node; a node without an edge is one alone. */
  readonly components: () => number[][];
}

/** Nodes 0 to `count` − 1, none of them joined. */
export function growingComponents(count: number): GrowingComponents {
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
  return {
    areJoined: (a, b) => root(a) === root(b),
    join(a, b) {
      parent[root(a)] = root(b);
    },
    components() {
      const components = new Map<number, number[]>();
      for (let node = 0; node < count; node++) {
        const component = components.get(root(node));
        if (component === undefined) components.set(root(node), [node]);
        else component.push(node);
      }
      return [...components.values()];
    },
  };
}

/** The connected components of a graph of nodes 0 to `count` − 1, in the order of `GrowingComponents.components`. */
export function connectedComponents(count: number, edges: readonly (readonly [number, number])[]): number[][] {
  const { join, components } = growingComponents(count);
  for (const [a, b] of edges) join(a, b);
  return components();
}

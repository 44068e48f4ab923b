import { growingComponents } from "../core/connected-components.ts";

/** A weighted, undirected edge between two numbered nodes. */
export interface WeightedEdge {
  readonly view1: number;
  readonly view2: number;
  readonly weight: number;
}

/** The maximum spanning forest of a graph whose edges come one by one. */
export interface GrowingForest<Edge extends WeightedEdge> {
  /**
   * One more edge. Where it closes a cycle, the weakest of that cycle goes, so that never more than n − 1 edges are held; of equals
   * the earlier stays. Parallel edges are cycles too, edges from a node to itself are left out.
   */
  readonly add: (edge: Edge) => void;
  readonly edges: () => Edge[];
}

/** The forest of no edges. */
export function growingForest<Edge extends WeightedEdge>(): GrowingForest<Edge> {
  const forest = new Set<Edge>();
  const edgesAt = new Map<number, Set<Edge>>();
  const insert = (edge: Edge): void => {
    forest.add(edge);
    for (const node of [edge.view1, edge.view2]) edgesAt.set(node, (edgesAt.get(node) ?? new Set()).add(edge));
  };
  const remove = (edge: Edge): void => {
    forest.delete(edge);
    for (const node of [edge.view1, edge.view2]) edgesAt.get(node)!.delete(edge);
  };
  return {
    add(edge) {
      if (edge.view1 === edge.view2) return;
      const path = pathBetween(edgesAt, edge.view1, edge.view2);
      const weakest = path?.reduce((a, b) => (b.weight < a.weight ? b : a));
      if (weakest && weakest.weight >= edge.weight) return;
      if (weakest) remove(weakest);
      insert(edge);
    },
    edges: () => [...forest],
  };
}

/** The maximum spanning forest of a graph of nodes 0 to `count` − 1 whose edges are all there (Kruskal); of equals the earlier stays. */
export function maximumSpanningForest<Edge extends WeightedEdge>(count: number, edges: readonly Edge[]): Edge[] {
  const { areJoined, join } = growingComponents(count);
  return edges
    .toSorted((a, b) => b.weight - a.weight)
    .filter(({ view1, view2 }) => {
      if (areJoined(view1, view2)) return false;
      join(view1, view2);
      return true;
    });
}

/** The trees of a forest, as lists of edges. Nodes without edges are in none. */
export function treesOf<Edge extends WeightedEdge>(forest: readonly Edge[]): Edge[][] {
  const trees: Edge[][] = [];
  for (const edge of forest) {
    const touching = trees.filter((tree) => tree.some((other) => sharesNode(edge, other)));
    const merged = [...touching.flat(), edge];
    trees.splice(0, trees.length, ...trees.filter((tree) => !touching.includes(tree)), merged);
  }
  return trees;
}

function sharesNode(a: WeightedEdge, b: WeightedEdge): boolean {
  return a.view1 === b.view1 || a.view1 === b.view2 || a.view2 === b.view1 || a.view2 === b.view2;
}

/** The edges of the path between two nodes of a forest, which has these at each node; undefined where there is none. */
function pathBetween<Edge extends WeightedEdge>(
  edgesAt: ReadonlyMap<number, ReadonlySet<Edge>>,
  from: number,
  to: number,
): Edge[] | undefined {
  const cameBy = new Map<number, Edge | undefined>([[from, undefined]]);
  // Iterating over a map visits what is added on the way: breadth first.
  for (const node of cameBy.keys()) {
    if (node === to) break;
    for (const edge of edgesAt.get(node) ?? []) {
      if (!cameBy.has(otherEnd(edge, node))) cameBy.set(otherEnd(edge, node), edge);
    }
  }
  if (!cameBy.has(to)) return undefined;
  const path: Edge[] = [];
  for (let node = to; node !== from; node = otherEnd(path.at(-1)!, node)) path.push(cameBy.get(node)!);
  return path;
}

function otherEnd(edge: WeightedEdge, node: number): number {
  return edge.view1 === node ? edge.view2 : edge.view1;
}

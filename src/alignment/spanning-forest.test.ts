import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { growingForest, maximumSpanningForest, treesOf, type WeightedEdge } from "./spanning-forest.ts";

const node = fc.integer({ min: 0, max: 7 });
const edges = fc.array(fc.record({ view1: node, view2: node, weight: fc.integer({ min: 1, max: 20 }) }), {
  maxLength: 40,
});

function forestOf(stream: readonly WeightedEdge[]): readonly WeightedEdge[] {
  const forest = growingForest();
  stream.forEach(forest.add);
  return forest.edges();
}

const totalWeight = (forest: readonly WeightedEdge[]) => forest.reduce((sum, edge) => sum + edge.weight, 0);

describe("growingForest", () => {
  test("keeps as many edges and as much weight as Kruskal's algorithm, which sees all edges at once, whatever the order", () => {
    fc.assert(
      fc.property(edges, (stream) => {
        const best = maximumSpanningForest(8, stream);
        for (const order of [stream, stream.toReversed()]) {
          const forest = forestOf(order);
          expect(forest).toHaveLength(best.length);
          expect(totalWeight(forest)).toBe(totalWeight(best));
        }
      }),
    );
  });

  test("never holds a cycle", () => {
    fc.assert(
      fc.property(edges, (stream) => {
        const forest = forestOf(stream);
        expect(maximumSpanningForest(8, forest)).toHaveLength(forest.length);
      }),
    );
  });

  test("of the two directions of a pair the stronger stays, of equals the first", () => {
    const there = { view1: 0, view2: 1, weight: 2 };
    const back = { view1: 1, view2: 0, weight: 3 };
    expect(forestOf([there, back])).toEqual([back]);
    expect(forestOf([there, { ...back, weight: 2 }])).toEqual([there]);
  });

  test("an edge from a node to itself is left out", () => {
    expect(forestOf([{ view1: 2, view2: 2, weight: 9 }])).toEqual([]);
  });
});

describe("treesOf", () => {
  test("puts every edge into one tree, and touching edges into the same", () => {
    fc.assert(
      fc.property(edges, (stream) => {
        const forest = forestOf(stream);
        const trees = treesOf(forest);
        expect(trees.flat()).toHaveLength(forest.length);
        const nodes = trees.map((tree) => new Set(tree.flatMap(({ view1, view2 }) => [view1, view2])));
        // A tree has one node more than edges, and no two trees share one.
        nodes.forEach((set, i) => {
          expect(set.size).toBe(trees[i]!.length + 1);
        });
        expect(new Set(nodes.flatMap((set) => [...set])).size).toBe(nodes.reduce((sum, set) => sum + set.size, 0));
      }),
    );
  });
});

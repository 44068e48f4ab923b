import { expect, test } from "vitest";
import { connectedComponents } from "./connected-components.ts";

test("nodes that edges connect, over any number of edges in any order; others alone", () => {
  const edges = [
    [5, 3],
    [0, 6],
    [3, 1],
    [1, 5],
    [4, 6],
  ] as const;
  expect(connectedComponents(7, edges)).toEqual([[0, 4, 6], [1, 3, 5], [2]]);
  expect(connectedComponents(7, edges.toReversed())).toEqual(connectedComponents(7, edges));
});

test("a graph without edges, or without nodes", () => {
  expect(connectedComponents(2, [])).toEqual([[0], [1]]);
  expect(connectedComponents(0, [])).toEqual([]);
});

import { expect, test } from "vitest";
import { connectedGroups } from "./connected-groups.ts";

test("nodes that edges connect, whatever the edges' order; none alone", () => {
  const edges = [
    { view1: 5, view2: 3 },
    { view1: 0, view2: 6 },
    { view1: 3, view2: 1 },
    { view1: 1, view2: 5 },
  ];
  expect(connectedGroups(7, edges)).toEqual([
    [0, 6],
    [1, 3, 5],
  ]);
  expect(connectedGroups(7, edges.toReversed())).toEqual(connectedGroups(7, edges));
  expect(connectedGroups(3, [])).toEqual([]);
});

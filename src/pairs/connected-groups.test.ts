import { expect, test } from "vitest";
import { connectedGroups } from "./connected-groups.ts";

const pair = (first: number, second: number) => ({ first, second, score: 1 });

test("photos hang together over any number of pairs; the largest group comes first", () => {
  expect(connectedGroups(7, [pair(5, 6), pair(0, 4), pair(2, 4), pair(0, 2), pair(3, 2)])).toEqual([
    [0, 2, 3, 4],
    [5, 6],
    [1],
  ]);
  expect(connectedGroups(2, [])).toEqual([[0], [1]]);
  expect(connectedGroups(0, [])).toEqual([]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom } from "../../test/random-geometry.ts";
import { eliminationOrder } from "./elimination-order.ts";

function ring(count: number): (readonly [number, number])[] {
  return Array.from({ length: count }, (_, i) => [i, (i + 1) % count] as const);
}

test("every node is eliminated once, and what it leaves is what elimination of a matrix fills", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const count = 1 + Math.floor(12 * random());
      const edges = Array.from({ length: 2 * count }, () => [
        Math.floor(count * random()),
        Math.floor(count * random()),
      ]).filter((pair): pair is [number, number] => pair[0] !== pair[1]);
      const { order, later } = eliminationOrder(count, edges)!;
      expect([...order].sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
      const filled = order.map((a) =>
        order.map((b) => edges.some(([p, q]) => (p === a && q === b) || (p === b && q === a))),
      );
      for (let step = 0; step < count; step++) {
        const rows = [...order.keys()].filter((row) => row > step && filled[row]![step]);
        expect([...later[step]!]).toEqual(rows);
        for (const a of rows) for (const b of rows) filled[a]![b] = true;
      }
    }),
  );
});

test("a ring leaves two neighbors at most, whatever its nodes are called, and a hub of a star comes last", () => {
  const named = ring(60).map(([a, b]) => [(7 * a) % 60, (7 * b) % 60] as const);
  expect(Math.max(...eliminationOrder(60, named)!.later.map(({ length }) => length))).toBe(2);
  const star = Array.from({ length: 9 }, (_, i) => [0, i + 1] as const);
  expect(eliminationOrder(10, star)!.order.slice(-2)).toContain(0);
});

test("what takes too long is not begun", () => {
  const complete = Array.from({ length: 20 }, (_, i) => ring(20).map(([a]) => [a, i] as const))
    .flat()
    .filter(([a, b]) => a < b);
  expect(eliminationOrder(20, complete, 100)).toBeUndefined();
  expect(eliminationOrder(20, complete, 2000)).toBeDefined();
});

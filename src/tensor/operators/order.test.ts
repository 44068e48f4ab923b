import fc from "fast-check";
import { expect, test } from "vitest";
import { runGraph } from "../../../test/run-graph.ts";
import { input } from "../tensor.ts";
import { lowerMedian } from "./order.ts";

test("the lower median of what is valid, row by row", async () => {
  const rows = fc.array(fc.tuple(fc.float({ min: -100, max: 100, noNaN: true }), fc.boolean()), {
    minLength: 7,
    maxLength: 7,
  });
  const [values, valid] = [input("values", [3, 7]), input("valid", [3, 7])];
  await fc.assert(
    fc.asyncProperty(fc.array(rows, { minLength: 3, maxLength: 3 }), async (table) => {
      const { median } = await runGraph(
        { median: lowerMedian(values, valid) },
        {
          values: { shape: [3, 7], data: Float32Array.from(table.flat(), ([value]) => value) },
          valid: { shape: [3, 7], data: Float32Array.from(table.flat(), ([, good]) => Number(good)) },
        },
      );
      const expected = table.map((row) => {
        const sorted = row.flatMap(([value, good]) => (good ? [value] : [])).sort((a, b) => a - b);
        return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
      });
      expect([...median!].map((value) => value + 0)).toEqual(expected.map((value) => value + 0));
    }),
    { numRuns: 30, seed: 7 },
  );
});

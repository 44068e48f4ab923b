import fc from "fast-check";
import { expect, test } from "vitest";
import { denseLower } from "../../test/dense-lower.ts";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import { gaussian } from "../core/random.ts";
import { blockPattern, diagonalBlock, findBlock, multiplyBlocks } from "./block-matrix.ts";

test("a product is that of the dense matrix", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const sizes = Array.from({ length: 6 }, () => 1 + Math.floor(6 * random()));
      const offsets = Uint32Array.from([0, ...sizes.map((_, i) => sizes.slice(0, i + 1).reduce((a, b) => a + b))]);
      const n = offsets.at(-1)!;
      const pattern = blockPattern(offsets, (row) =>
        Array.from({ length: row }, (_, k) => k)
          .filter(() => random() < 0.5)
          .reverse(),
      );
      const values = Float64Array.from({ length: pattern.valueStarts.at(-1)! }, () => gaussian(random));
      const dense = denseLower(pattern, values);
      const x = Float64Array.from({ length: n }, () => gaussian(random));
      const expected = x.map((_, i) =>
        x.reduce((sum, value, j) => sum + dense[Math.max(i, j) * n + Math.min(i, j)]! * value, 0),
      );
      const product = new Float64Array(n).fill(Number.NaN);
      multiplyBlocks(pattern, values, x, product);
      expect(largestDifference(product, expected)).toBeLessThan(1e-12);
    }),
  );
});

test("blocks are found where they are", () => {
  const pattern = blockPattern(Uint32Array.of(0, 2, 5, 6), (row) => (row === 2 ? [1, 0] : []));
  expect([...pattern.columns]).toEqual([0, 1, 0, 1, 2]);
  expect([diagonalBlock(pattern, 0), diagonalBlock(pattern, 1), diagonalBlock(pattern, 2)]).toEqual([0, 4, 18]);
  expect([findBlock(pattern, 2, 0), findBlock(pattern, 2, 1), findBlock(pattern, 2, 2)]).toEqual([13, 15, 18]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import { gaussian } from "../core/random.ts";
import { solvePositiveDefinite } from "./solve-positive-definite.ts";

test("solves what a matrix of full rank makes", () => {
  fc.assert(
    fc.property(anyRandom, fc.integer({ min: 1, max: 9 }), (random, n) => {
      const factor = Float64Array.from({ length: n * n }, () => gaussian(random));
      const matrix = Float64Array.from({ length: n * n }, (_, entry) => {
        const [i, j] = [Math.floor(entry / n), entry % n];
        let sum = i === j ? 1 : 0;
        for (let k = 0; k < n; k++) sum += factor[i * n + k]! * factor[j * n + k]!;
        return sum;
      });
      const x = Float64Array.from({ length: n }, () => gaussian(random));
      const b = x.map((_, i) => x.reduce((sum, value, j) => sum + matrix[i * n + j]! * value, 0));
      expect(largestDifference(solvePositiveDefinite(matrix, b)!, x)).toBeLessThan(1e-9);
    }),
  );
});

test("says when a matrix is not positive definite", () => {
  expect(solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toBeUndefined();
  expect(solvePositiveDefinite(Float64Array.of(Number.NaN), Float64Array.of(1))).toBeUndefined();
});

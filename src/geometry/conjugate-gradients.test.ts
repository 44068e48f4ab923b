import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom } from "../../test/random-geometry.ts";
import { gaussian } from "../core/random.ts";
import { conjugateGradients } from "./conjugate-gradients.ts";

test("solves symmetric positive definite systems in as many steps as they have unknowns", () => {
  fc.assert(
    fc.property(anyRandom, fc.integer({ min: 1, max: 8 }), (random, n) => {
      const root = Array.from({ length: n }, () => Array.from({ length: n }, () => gaussian(random)));
      const matrix = root.map((a, i) => root.map((b, j) => a.reduce((s, x, k) => s + x * b[k]!, i === j ? 1 : 0)));
      const multiply = (x: Float64Array) =>
        Float64Array.from(matrix, (row) => row.reduce((s, m, k) => s + m * x[k]!, 0));
      const precondition = (x: Float64Array) => x.map((value, k) => value / matrix[k]![k]!);
      const solution = Float64Array.from({ length: n }, () => gaussian(random));
      const options = { tolerance: 1e-12, maxIterations: 4 * n };
      const found = conjugateGradients(multiply, precondition, multiply(solution), options);
      found.forEach((value, k) => {
        expect(value).toBeCloseTo(solution[k]!, 6);
      });
    }),
  );
});

test("a right side of zero has the solution zero", () => {
  const same = (x: Float64Array) => x.slice();
  expect(conjugateGradients(same, same, new Float64Array(3), { tolerance: 0, maxIterations: 5 })).toEqual(
    new Float64Array(3),
  );
});

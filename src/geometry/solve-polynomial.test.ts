import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom } from "../../test/random-geometry.ts";
import { solvePolynomial } from "./solve-polynomial.ts";

/** The coefficients, lowest first, of the product of (x − root) and of (x² + 1) `pairs` times. */
function polynomialWith(roots: readonly number[], pairs: number): number[] {
  const multiply = (a: readonly number[], b: readonly number[]) =>
    Array.from({ length: a.length + b.length - 1 }, (_, k) => a.reduce((sum, x, i) => sum + x * (b[k - i] ?? 0), 0));
  let product = [1];
  for (const root of roots) product = multiply(product, [-root, 1]);
  for (let i = 0; i < pairs; i++) product = multiply(product, [1, 0, 1]);
  return product;
}

describe("solvePolynomial", () => {
  test("finds all real roots of polynomials that have been multiplied out", () => {
    fc.assert(
      fc.property(anyRandom, fc.integer({ min: 0, max: 3 }), (random, pairs) => {
        // Apart from each other, so that rounding in the coefficients does not move them much.
        const roots = [-4, -1.5, -0.4, 0.7, 2, 30].map((x) => x * (1 + 0.1 * random()));
        const found = solvePolynomial(polynomialWith(roots, pairs)).toSorted((a, b) => a - b);
        expect(found.length).toBe(roots.length);
        found.forEach((x, i) => {
          expect(x / roots[i]!).toBeCloseTo(1, 9);
        });
      }),
    );
  });

  test.each([
    ["no real root", [1, 0, 1], []],
    ["a root at zero", [0, 1, 0, 1], [0]],
    ["roots at one and minus one", [-1, 0, 1], [-1, 1]],
    ["a leading zero", [-6, 2, 0], [3]],
    ["a constant", [5], []],
    ["nothing", [0, 0, 0], []],
    ["not a number", [1, Number.NaN, 1], []],
  ])("%s", (_name, coefficients, roots) => {
    expect(solvePolynomial(coefficients).toSorted((a, b) => a - b)).toEqual(roots);
  });
});

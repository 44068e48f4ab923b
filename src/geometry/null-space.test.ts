import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom } from "../../test/random-geometry.ts";
import { gaussian } from "../core/random.ts";
import { nullSpace } from "./null-space.ts";

describe("nullSpace", () => {
  test("is orthonormal, and orthogonal to every row", () => {
    fc.assert(
      fc.property(anyRandom, fc.integer({ min: 1, max: 8 }), (random, count) => {
        const rows = Float64Array.from({ length: 9 * count }, () => gaussian(random));
        const basis = nullSpace(rows.slice(), 9)!;
        expect(basis.length).toBe(9 - count);
        const product = (a: ArrayLike<number>, b: Float64Array) => b.reduce((sum, x, k) => sum + x * a[k]!, 0);
        basis.forEach((a, i) => {
          basis.forEach((b, j) => {
            expect(product(a, b)).toBeCloseTo(i === j ? 1 : 0, 12);
          });
          for (let row = 0; row < count; row++) {
            expect(product(a, rows.subarray(9 * row, 9 * row + 9))).toBeCloseTo(0, 11);
          }
        });
      }),
    );
  });

  test.each([
    ["twice the same row", [1, 2, 3, 2, 4, 6]],
    ["a row of zeros", [1, 2, 3, 0, 0, 0]],
    ["not finite", [1, Number.NaN, 3, 0, 0, 1]],
  ])("%s has none", (_name, rows) => {
    expect(nullSpace(Float64Array.from(rows), 3)).toBeUndefined();
  });
});

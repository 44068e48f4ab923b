import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference, randomVector } from "../../test/random-geometry.ts";
import { fromColumns, IDENTITY3, type Matrix3, multiply3, scaleVector3, transpose3 } from "./mat3.ts";
import { svd3 } from "./svd3.ts";

function checkSvd(m: Matrix3): void {
  const { u, singularValues, v } = svd3(m);
  const [a, b, c] = singularValues;
  expect(a).toBeGreaterThanOrEqual(b);
  expect(b).toBeGreaterThanOrEqual(c);
  expect(c).toBeGreaterThanOrEqual(0);
  const size = Math.max(a, Number.MIN_VALUE);
  expect(largestDifference(multiply3(u, transpose3(u)), IDENTITY3)).toBeLessThan(1e-14);
  expect(largestDifference(multiply3(v, transpose3(v)), IDENTITY3)).toBeLessThan(1e-14);
  const product = multiply3(multiply3(u, [a, 0, 0, 0, b, 0, 0, 0, c]), transpose3(v));
  expect(largestDifference(product, m) / size).toBeLessThan(1e-14);
}

describe("svd3", () => {
  test("takes any matrix apart and back together", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        checkSvd(fromColumns(randomVector(random), randomVector(random), randomVector(random)));
      }),
    );
  });

  test("copes with matrices of rank two and one", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const [a, b] = [randomVector(random), randomVector(random)];
        checkSvd(fromColumns(a, b, scaleVector3(2, a)));
        checkSvd(fromColumns(a, scaleVector3(-3, a), scaleVector3(2, a)));
      }),
    );
  });

  test.each([
    ["zero", [0, 0, 0, 0, 0, 0, 0, 0, 0]],
    ["identity", IDENTITY3],
    ["mirror", [1, 0, 0, 0, -1, 0, 0, 0, 1]],
    ["tiny", [1e-200, 0, 0, 0, 2e-200, 0, 0, 0, 1e-210]],
  ] as const)("%s", (_name, m) => checkSvd(m));
});

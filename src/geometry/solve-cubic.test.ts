import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { largestDifference } from "../../test/random-geometry.ts";
import { solveCubic, solveQuadratic } from "./solve-cubic.ts";

const number = fc.double({ min: -10, max: 10, noNaN: true });
const sorted = (values: readonly number[]) => values.toSorted((a, b) => a - b);

describe("solveCubic", () => {
  test("finds three well separated roots", () => {
    const gap = fc.double({ min: 0.1, max: 5, noNaN: true });
    fc.assert(
      fc.property(number, gap, gap, fc.double({ min: 0.1, max: 9, noNaN: true }), (p, toQ, toR, a) => {
        const [q, r] = [p + toQ, p + toQ + toR];
        const roots = sorted(solveCubic(a, -a * (p + q + r), a * (p * q + p * r + q * r), -a * p * q * r));
        expect(roots).toHaveLength(3);
        expect(largestDifference(roots, [p, q, r])).toBeLessThan(1e-9);
      }),
    );
  });

  test("finds the one real root beside two complex ones", () => {
    fc.assert(
      fc.property(number, number, fc.double({ min: 0.1, max: 5, noNaN: true }), (root, real, imaginary) => {
        const square = real * real + imaginary * imaginary;
        const roots = solveCubic(1, -root - 2 * real, square + 2 * real * root, -root * square);
        expect(roots).toHaveLength(1);
        expect(Math.abs(roots[0]! - root)).toBeLessThan(1e-8);
      }),
    );
  });

  test("a triple root", () => {
    expect(solveCubic(1, -3, 3, -1)).toEqual([1]);
  });

  test("lower degrees", () => {
    expect(sorted(solveCubic(0, 1, -3, 2))).toEqual([1, 2]);
    expect(solveCubic(0, 0, 2, -1)).toEqual([0.5]);
    expect(solveCubic(0, 0, 0, 1)).toEqual([]);
  });
});

describe("solveQuadratic", () => {
  test("does not cancel", () => {
    const [small, large] = sorted(solveQuadratic(1, -1e9, 1));
    expect(small! * 1e9).toBeCloseTo(1, 12);
    expect(large).toBe(1e9);
  });

  test("counts a double root that rounding has pulled apart", () => {
    const root = 0.1 + 0.2;
    expect(solveQuadratic(1, -2 * root, root * root * (1 + Number.EPSILON))).toHaveLength(2);
    expect(solveQuadratic(1, 0, 1)).toEqual([]);
  });
});

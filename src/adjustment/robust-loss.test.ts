import { expect, test } from "vitest";
import { huberLoss } from "./robust-loss.ts";

test("Huber's loss is a square near zero, less beyond, and its weight is its slope", () => {
  const { value, weight } = huberLoss(2);
  expect(value(0)).toBe(0);
  expect(value(1e-6)).toBeCloseTo(1e-6, 12);
  expect(value(1e6)).toBeLessThan(1e4);
  for (const squared of [0.1, 3, 5, 100, 1e6]) {
    const step = 1e-5 * squared;
    const slope = (value(squared + step) - value(squared - step)) / (2 * step);
    expect(weight(squared) / slope).toBeCloseTo(1, 6);
  }
});

test("Huber's loss at an infinite scale is a plain square", () => {
  const { value, weight } = huberLoss(Number.POSITIVE_INFINITY);
  expect([value(1e9), weight(1e9)]).toEqual([1e9, 1]);
});

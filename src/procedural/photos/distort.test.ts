import { expect, test } from "vitest";
import { distort } from "./distort.ts";

const size = { width: 41, height: 31 };
/** Red grows with x, green with y. */
const ramp = Float32Array.from({ length: 3 * 41 * 31 }, (_, i) => {
  const pixel = Math.floor(i / 3);
  return i % 3 === 0 ? pixel % 41 : i % 3 === 1 ? Math.floor(pixel / 41) : 0;
});
const at = (image: Float32Array, x: number, y: number) => [...image.subarray(3 * (y * 41 + x), 3 * (y * 41 + x) + 2)];

test("without distortion, in the middle and in the corners all stays where it is", () => {
  const still = distort(ramp, size, 0);
  expect(still.every((value, i) => Math.abs(value - ramp[i]!) < 1e-4)).toBe(true);
  const bent = distort(ramp, size, 0.02);
  for (const [x, y] of [
    [20, 15],
    [0, 0],
    [40, 30],
  ] as const) {
    expect(at(bent, x, y)[0]).toBeCloseTo(x, 4);
    expect(at(bent, x, y)[1]).toBeCloseTo(y, 4);
  }
});

test("halfway to the edge a point comes from r (1 + k (r² - 1))", () => {
  const k = -0.03;
  const expected = 20 + 10 * (1 + k * (100 / (20 * 20 + 15 * 15) - 1));
  expect(at(distort(ramp, size, k), 30, 15)[0]).toBeCloseTo(expected, 4);
});

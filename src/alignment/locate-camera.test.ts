import { expect, test } from "vitest";
import { confidentPixels } from "./locate-camera.ts";

test("pixels above the confidence are taken when they are enough", () => {
  expect([...confidentPixels(Float32Array.of(1, 4, 3, 9), 3)]).toEqual([1, 3]);
});

test("else those at or above the median", () => {
  expect([...confidentPixels(Float32Array.of(1, 2, 1.5, 1.2), 3)]).toEqual([1, 2]);
  expect([...confidentPixels(new Float32Array(3).fill(1), 3)]).toEqual([0, 1, 2]);
});

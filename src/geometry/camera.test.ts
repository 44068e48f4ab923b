import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import {
  centeredIntrinsics,
  fieldOfView,
  focalFromFieldOfView,
  pixelGrid,
  projectPoints,
  unprojectDepth,
} from "./camera.ts";

test("pixels run along rows, their centers at integers", () => {
  expect(pixelGrid({ width: 3, height: 2 })).toEqual(Float32Array.of(0, 0, 1, 0, 2, 0, 0, 1, 1, 1, 2, 1));
});

test("a point on the axis projects to the principal point", () => {
  const intrinsics = centeredIntrinsics({ width: 64, height: 48 }, 50);
  expect(projectPoints(Float64Array.of(0, 0, 7, 7, 0, 7), intrinsics)).toEqual(Float64Array.of(31.5, 23.5, 81.5, 23.5));
});

test("points that are not in front have no pixel", () => {
  const pixels = projectPoints(Float64Array.of(1, 1, 0, 1, 1, -2), centeredIntrinsics({ width: 4, height: 4 }, 4));
  expect(pixels.every(Number.isNaN)).toBe(true);
});

describe("unprojected depth", () => {
  test("projects back to the pixel grid, at its own depth", () => {
    fc.assert(
      fc.property(
        anyRandom,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        (random, width, height) => {
          const size = { width, height };
          const intrinsics = { fx: 5 + random(), fy: 4 + random(), cx: 9 * random(), cy: 9 * random() };
          const depth = Float32Array.from({ length: width * height }, () => 0.1 + 5 * random());
          const points = unprojectDepth(depth, size, intrinsics);
          expect(largestDifference(projectPoints(points, intrinsics), pixelGrid(size))).toBeLessThan(1e-5);
          expect(points.filter((_, i) => i % 3 === 2)).toEqual(depth);
        },
      ),
    );
  });
});

test("field of view and focal length are inverse", () => {
  expect(fieldOfView(2, 1)).toBeCloseTo(Math.PI / 2, 12);
  expect(focalFromFieldOfView(640, fieldOfView(640, 512))).toBeCloseTo(512, 9);
});

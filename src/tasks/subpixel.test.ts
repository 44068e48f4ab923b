import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pixelGrid, unprojectDepth } from "../geometry/camera.ts";
import { subpixelCoordinates } from "./subpixel.ts";

const size = { width: 8, height: 6 };
const intrinsics = { fx: 9, fy: 9, cx: 3.5, cy: 2.5 };
/** A slanted plane, nearly linear from pixel to pixel. */
const depth = Float32Array.from({ length: 48 }, (_, i) => 5 + 0.02 * (i % 8) - 0.01 * Math.floor(i / 8));
const pointmap = unprojectDepth(depth, size, intrinsics);

describe("subpixelCoordinates", () => {
  test("finds where between pixels a point of the surface lies, at the border too", () => {
    const near = fc.double({ min: -0.6, max: 0.6, noNaN: true });
    fc.assert(
      fc.property(fc.nat(47), near, near, (pixel, dx, dy) => {
        const [x, y] = [(pixel % 8) + dx, Math.floor(pixel / 8) + dy];
        const z = 5 + 0.02 * x - 0.01 * y;
        const target = Float32Array.of(((x - 3.5) / 9) * z, ((y - 2.5) / 9) * z, z);
        const [foundX, foundY] = subpixelCoordinates(pointmap, size, [pixel], target);
        expect(Math.hypot(foundX! - x, foundY! - y)).toBeLessThan(0.02);
      }),
    );
  });

  test("a pixel's own point leaves it where it is; a point above the surface too", () => {
    const pixels = Array.from({ length: 48 }, (_, i) => i);
    expect(subpixelCoordinates(pointmap, size, pixels, pointmap)).toEqual(pixelGrid(size));
  });

  test("a far point moves nothing, nor does a pointmap that is all in one place", () => {
    expect([...subpixelCoordinates(pointmap, size, [19], Float32Array.of(9, 9, 9))]).toEqual([3, 2]);
    const inOnePlace = pointmap.map(() => 1);
    expect([...subpixelCoordinates(inOnePlace, size, [19], Float32Array.of(1, 1, 1.1))]).toEqual([3, 2]);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import type { PixelMapping } from "../core/view.ts";
import { projectPoints } from "./camera.ts";
import { inverseMapping, mapPixels, networkIntrinsics, originalIntrinsics } from "./pixel-mapping.ts";

const scale = fc.double({ min: 0.1, max: 50, noNaN: true });
const offset = fc.double({ min: -500, max: 500, noNaN: true });
const anyMapping: fc.Arbitrary<PixelMapping> = fc.record({
  scaleX: scale,
  scaleY: scale,
  offsetX: offset,
  offsetY: offset,
});
const network = { fx: 60, fy: 61, cx: 31, cy: 25 };

test("a point projects to the same place, whether pixels or intrinsics are mapped", () => {
  fc.assert(
    fc.property(anyMapping, (mapping) => {
      const points = Float64Array.of(0.3, -0.2, 2, -1, 0.5, 4);
      const mapped = mapPixels(Float32Array.from(projectPoints(points, network)), mapping);
      const projected = projectPoints(points, originalIntrinsics(network, mapping));
      for (const [i, x] of mapped.entries()) expect(Math.abs(x - projected[i]!)).toBeLessThan(1e-3);
    }),
  );
});

test("mapped there and back, intrinsics and pixels are what they were", () => {
  fc.assert(
    fc.property(anyMapping, (mapping) => {
      const back = networkIntrinsics(originalIntrinsics(network, mapping), mapping);
      for (const key of ["fx", "fy", "cx", "cy"] as const) expect(back[key]).toBeCloseTo(network[key], 8);
      const pixels = Float32Array.of(3, 4, 60, 40);
      const [x] = mapPixels(mapPixels(pixels, mapping), inverseMapping(mapping));
      expect(x).toBeCloseTo(3, 1);
    }),
  );
});

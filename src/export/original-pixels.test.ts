import fc from "fast-check";
import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import type { View } from "../core/view.ts";
import { projectPoints } from "../geometry/camera.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { originalConfidence, originalDepth } from "./original-pixels.ts";

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });

test("a point projects to the same place by way of either resolution", () => {
  const intrinsics = fc.record({ fx: finite(10, 900), fy: finite(10, 900), cx: finite(-9, 600), cy: finite(-9, 600) });
  const mapping = fc.record({
    scaleX: finite(0.2, 20),
    scaleY: finite(0.2, 20),
    offsetX: finite(-50, 500),
    offsetY: finite(-50, 500),
  });
  const point = fc.tuple(finite(-5, 5), finite(-5, 5), finite(0.1, 10));
  fc.assert(
    fc.property(intrinsics, mapping, point, (network, map, position) => {
      const [x = 0, y = 0] = projectPoints(Float64Array.from(position), network);
      const [u, v] = projectPoints(Float64Array.from(position), originalIntrinsics(network, map));
      expect(u).toBeCloseTo(map.scaleX * x + map.offsetX, 6);
      expect(v).toBeCloseTo(map.scaleY * y + map.offsetY, 6);
    }),
  );
});

/** A view whose original is `factor` times as large, plus `margin` pixels cut away on every side. */
function view(width: number, height: number, factor: number, margin = 0): View {
  const offset = (factor - 1) / 2 + margin;
  return {
    name: "a.jpg",
    width,
    height,
    rgb: new Uint8Array(),
    original: { width: width * factor + 2 * margin, height: height * factor + 2 * margin },
    originalFromNetwork: { scaleX: factor, scaleY: factor, offsetX: offset, offsetY: offset },
    hash: "",
  };
}

test("a slanted plane stays a plane", () => {
  const [width, height, factor] = [20, 15, 4];
  const inverseDepth = (x: number, y: number): number => 0.5 + 0.004 * x - 0.006 * y;
  const depth = Float32Array.from({ length: width * height }, (_, i) => {
    return 1 / inverseDepth(i % width, Math.floor(i / width));
  });
  const resampled = originalDepth(depth, view(width, height, factor));
  const offset = (factor - 1) / 2;
  let worst = 0;
  for (let y = 2; y < height * factor - 2; y++) {
    for (let x = 2; x < width * factor - 2; x++) {
      const exact = 1 / inverseDepth((x - offset) / factor, (y - offset) / factor);
      worst = Math.max(worst, Math.abs(resampled[y * width * factor + x]! / exact - 1));
    }
  }
  expect(worst).toBeLessThan(1e-6);
});

test("nothing floats between two surfaces, nor beside pixels without depth", () => {
  const depth = Float32Array.from({ length: 64 }, (_, i) => [1, 3, 0][((i % 8) >> 1) % 3]!);
  const values = new Set(originalDepth(depth, view(8, 8, 5)));
  expect([...values].sort()).toEqual([0, 1, 3]);
});

test("whatever the surfaces, a depth lies on one of them", () => {
  const surfaces = fc.array(fc.constantFrom(0, 1, 1.02, 1.05, 2, 40), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(surfaces, (values) => {
      const resampled = originalDepth(Float32Array.from(values), view(6, 5, 3));
      // 1 to 1.05 is one surface; between it, 2 and 40 only flying pixels could lie.
      const flying = resampled.filter(
        (z) => z !== 0 && !(z > 0.9999 && z < 1.0501) && z !== 2 && Math.abs(z - 40) > 1e-4,
      );
      expect([...flying]).toEqual([]);
    }),
  );
});

test("outside of the crop there is nothing, inside there is", () => {
  const margin = 7;
  const cut = view(6, 4, 3, margin);
  const { width, height } = cut.original;
  const depth = originalDepth(new Float32Array(24).fill(2), cut);
  const confidence = originalConfidence(new Float32Array(24).fill(5), cut);
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)];
    const inside = x >= margin && x < width - margin && y >= margin && y < height - margin;
    expect(depth[i]).toBe(inside ? 2 : 0);
    expect(confidence[i]).toBe(inside ? 5 : 0);
  }
});

test("the depth of a known scene is recovered at the photo's own pixels", () => {
  const size = { width: 128, height: 96 };
  const { scene, views, depthAt } = syntheticScene({ names: ["a.jpg"], size, scale: 2.5 });
  const resampled = originalDepth(scene.images[0]!.depth, views[0]!);
  const { width } = views[0]!.original;
  const errors = Array.from(resampled, (z, i) => {
    return z === 0 ? 0 : Math.abs(z / depthAt(0, i % width, Math.floor(i / width)) - 1);
  });
  const wrong = errors.filter((error) => error > 0.01).length;
  // Only along the silhouettes, where half a network pixel decides which surface it is.
  expect(wrong / errors.length).toBeLessThan(0.012);
});

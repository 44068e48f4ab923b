import { decode } from "fast-png";
import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { encodeConfidenceMap, encodeDepthMap, mapScale } from "./depth-maps.ts";
import { originalConfidence, originalDepth } from "./original-pixels.ts";

const { scene, views } = syntheticScene({ names: ["a.jpg"] });
const image = scene.images[0]!;
const view = views[0]!;

test.each([
  ["depth", image.depth, encodeDepthMap, originalDepth],
  ["confidence", image.confidence, encodeConfidenceMap, originalConfidence],
] as const)("the %s map holds the resampled values to within half a step", async (_, map, encode, resample) => {
  const { width, height, data } = decode(await encode(image, view));
  expect({ width, height }).toEqual(view.original);
  const scale = mapScale(map);
  const exact = resample(map, view);
  const errors = Array.from(data, (code, i) => Math.abs(code * scale - exact[i]!));
  expect(Math.max(...errors)).toBeLessThan(0.501 * scale);
  expect(Array.from(data, (code) => code === 0)).toEqual(Array.from(exact, (value) => value === 0));
  expect(Math.max(...data)).toBeGreaterThan(64000);
});

test("a stray point does not take the precision from the rest", () => {
  const map = new Float32Array(1000).fill(2);
  expect(mapScale(map)).toBeCloseTo(2 / 65535, 12);
  map[7] = 1e6;
  expect(mapScale(map)).toBeCloseTo(200 / 65535, 12);
});

test("depth too small for the first step is still depth, and an empty map has a scale", async () => {
  const depth = image.depth.map((_, i) => (i === 0 ? 1e-9 : 5));
  const { data } = decode(await encodeDepthMap({ ...image, depth }, view));
  expect([...new Set(data)].sort((a, b) => a - b)).toEqual([0, 1, 65535]);
  expect(mapScale(new Float32Array(4))).toBe(1);
});

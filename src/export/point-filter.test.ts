import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import type { Scene } from "../core/scene.ts";
import { choosePointFilter } from "./point-filter.ts";

const { scene } = syntheticScene({ names: ["a.jpg", "b.jpg"] });
const total = 2 * 64 * 48;

function withImages(change: (image: Scene["images"][number], index: number) => object): Scene {
  return { ...scene, images: scene.images.map((image, i) => ({ ...image, ...change(image, i) })) };
}

test("the confidence asked for is kept where points reach it", () => {
  const filter = choosePointFilter(scene, 3);
  expect(filter).toMatchObject({ minConfidence: 3, lowered: false, total });
  const passing = scene.images.flatMap(({ confidence }) => [...confidence].filter((value) => value >= 3));
  expect(filter.kept).toBe(passing.length);
});

test("out of reach, it is lowered to the median and half of the points remain", () => {
  const { minConfidence, lowered, kept } = choosePointFilter(scene, 1000);
  expect(lowered).toBe(true);
  expect(minConfidence).toBeLessThan(13);
  expect(Math.abs(kept / total - 0.5)).toBeLessThan(0.01);
});

test("a model of low confidence everywhere still gives all of its points", () => {
  const flat = withImages(({ confidence }) => ({ confidence: confidence.map(() => 1) }));
  expect(choosePointFilter(flat, 3)).toEqual({ minConfidence: 1, lowered: true, kept: total, total });
});

test("photos that are not registered and pixels without depth do not count", () => {
  const half = withImages((_, i) => ({ registered: i === 0 }));
  expect(choosePointFilter(half, 1).total).toBe(total / 2);
  const empty = withImages(({ depth }) => ({ depth: depth.map(() => 0) }));
  expect(choosePointFilter(empty, 3)).toEqual({ minConfidence: 3, lowered: false, kept: 0, total: 0 });
});

test("by default the least confidence fits the scene: 3, or what its best seven tenths reach", () => {
  const scaled = (factor: number): Scene => ({
    ...scene,
    images: scene.images.map((image) => ({ ...image, confidence: image.confidence.map((c) => factor * c) })),
  });
  const weak = choosePointFilter(scaled(0.2), "auto");
  expect(weak.minConfidence).toBeLessThan(3);
  expect(weak.kept / weak.total).toBeCloseTo(0.7, 1);
  expect(choosePointFilter(scaled(100), "auto")).toMatchObject({ minConfidence: 3, kept: weak.total });
});

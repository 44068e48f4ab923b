import { expect, test } from "vitest";
import { seriesHeights } from "../../procedural/scene-size.ts";
import { batchHeight } from "./batch-height.ts";

const drawn = (settings: Parameters<typeof batchHeight>[0], count: number) =>
  Array.from({ length: count }, (_, batch) => batchHeight(settings, batch));

test("heights come equally often, each by seed and number alone", () => {
  const settings = { seed: 7, height: 24, otherHeights: [16, 8] };
  const heights = drawn(settings, 3000);
  for (const height of seriesHeights(settings)) {
    expect(Math.abs(heights.filter((value) => value === height).length - 1000)).toBeLessThan(100);
  }
  expect(batchHeight(settings, 1234)).toBe(heights[1234]);
  expect(drawn({ ...settings, seed: 8 }, 30)).not.toEqual(heights.slice(0, 30));
});

test("without lower ones there is one", () => {
  expect(drawn({ seed: 7, height: 24 }, 20)).toEqual(Array(20).fill(24));
});

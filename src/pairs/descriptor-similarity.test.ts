import { expect, test } from "vitest";
import { highest, similarities } from "./descriptor-similarity.ts";

test("the most similar come first, whatever all images have in common", () => {
  const common = 100;
  const image = (x: number, y: number) => Float32Array.of(common, common + x, common + y);
  const images = [image(1, 0), image(-1, 0), image(0.9, 0.3), image(0, 1), image(0, -1.3)];
  const row = similarities([image(5, 0.5)], images);
  expect(highest(row, 2)).toEqual([0, 2]);
  expect(highest(row, 9)).toHaveLength(5);
  expect(row[0]).toBeCloseTo(5 / Math.hypot(5, 0.5), 2);
});

test("images that do not differ are alike in nothing, and keep their order", () => {
  const same = Float32Array.of(1, 2);
  const row = similarities([same], [same, same, same]);
  expect([...row]).toEqual([0, 0, 0]);
  expect(highest(row, 2)).toEqual([0, 1]);
  expect(similarities([same], [])).toHaveLength(0);
});

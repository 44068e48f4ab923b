import { expect, test } from "vitest";
import { describeFeatures, mostSimilar } from "./image-retrieval.ts";

test("a descriptor is the mean over the tokens", () => {
  expect([...describeFeatures(Float32Array.of(1, 2, 3, 5, 6, 7), 3)]).toEqual([3, 4, 5]);
});

test("the most similar come first, whatever all images have in common", () => {
  const common = 100;
  const image = (x: number, y: number) => Float64Array.of(common, common + x, common + y);
  const images = [image(1, 0), image(-1, 0), image(0.9, 0.3), image(0, 1), image(0, -1.3)];
  expect(mostSimilar(image(5, 0.5), images, 2)).toEqual([0, 2]);
  expect(mostSimilar(image(5, 0.5), images, 9)).toHaveLength(5);
});

test("images that do not differ keep their order", () => {
  const same = Float64Array.of(1, 2);
  expect(mostSimilar(same, [same, same, same], 2)).toEqual([0, 1]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import { gaussian } from "../core/random.ts";
import { openBlockProducts } from "./block-products.ts";

const size = fc.integer({ min: 1, max: 14 });

test("what is subtracted from a block is the product of two, and nothing else changes", () => {
  fc.assert(
    fc.property(anyRandom, size, size, size, (random, height, columns, width) => {
      const [left, right] = [height * columns + 1, height * columns + height * width + 2];
      const { numbers, subtract } = openBlockProducts(right + width * columns + 1);
      for (let i = 0; i < numbers.length; i++) numbers[i] = gaussian(random);
      const expected = numbers.slice();
      for (let i = 0; i < height; i++)
        for (let j = 0; j < columns; j++)
          for (let k = 0; k < width; k++)
            expected[i * columns + j]! -= numbers[left + i * width + k]! * numbers[right + k * columns + j]!;
      subtract(0, left, right, height, columns, width);
      expect(largestDifference(numbers, expected)).toBeLessThan(1e-12);
    }),
  );
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { cutBlocks, joinBlocks } from "./pixel-blocks.ts";

const small = fc.integer({ min: 1, max: 4 });

test("what is cut is joined again", () => {
  fc.assert(
    fc.property(small, small, small, small, small, (rows, columns, blockHeight, blockWidth, channels) => {
      const size = { width: columns * blockWidth, height: rows * blockHeight };
      const image = Float32Array.from({ length: channels * size.width * size.height }, (_, i) => i);
      const blocks = new Float32Array(image.length);
      const block = { width: blockWidth, height: blockHeight };
      cutBlocks(image, size, block, [1, channels], blocks);
      expect(joinBlocks(blocks, size, block)).toEqual(image);
    }),
  );
});

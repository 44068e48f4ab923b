import { expect, test } from "vitest";
import { TINY_LINEAR } from "../../test/tiny-networks.ts";
import { isDelicate, quantizedLayers } from "./quantized-layers.ts";

test("what the encoder's first four blocks read is rounded in two steps, and nothing else", () => {
  const encoder = { ...TINY_LINEAR.encoder, depth: 12 };
  const layers = quantizedLayers({ ...TINY_LINEAR, encoder });
  const delicate = layers.filter(isDelicate);
  expect(delicate).toEqual(layers.filter((layer) => /^enc_blocks\.[0-3]\./.test(layer)));
  expect(delicate).toHaveLength(4 * 4);
});

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeMask } from "./mask-codec.ts";

const size = { width: 8, height: 2 };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-masks-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The left half of one value, the right half of another. */
function halves(left: readonly number[], right: readonly number[], array: Uint8Array | Uint16Array): Sharp {
  for (let i = 0; i < 16; i++) array.set(i % 8 < 4 ? left : right, i * left.length);
  return sharp(array, { raw: { ...size, channels: left.length as 1 } });
}
const deep = (left: readonly number[], right: readonly number[]) =>
  halves(left, right, new Uint16Array(16 * left.length));
const plain = (left: readonly number[], right: readonly number[]) =>
  halves(left, right, new Uint8Array(16 * left.length));

test.each([
  ["green", plain([0, 0, 0], [0, 255, 0]).png()],
  ["blue", plain([0, 0, 0], [0, 0, 255]).png()],
  ["0 and 1", plain([0], [1]).png()],
  ["black and white with one bit", plain([0], [255]).png({ palette: true, colors: 2 })],
  ["palette index", plain([0, 0, 0], [64, 0, 0]).png({ palette: true })],
  ["alpha over black", plain([0, 0, 0, 0], [0, 0, 0, 255]).png()],
  ["alpha over white", plain([255, 255, 255, 0], [255, 255, 255, 255]).png()],
  ["16 bits of 0 and 1", deep([0], [1]).toColourspace("grey16").png()],
  ["JPEG", plain([3], [250]).jpeg({ quality: 60 })],
])("masks: %s", async (name, picture) => {
  const path = join(folder, name);
  await picture.toFile(path);
  const { data } = await decodeMask(path, size);
  expect([...data.subarray(0, 8)]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
});

test("a mask of another size than its photo is refused", async () => {
  const path = join(folder, "small.png");
  await plain([0], [1]).png().toFile(path);
  await expect(decodeMask(path, { width: 9, height: 2 })).rejects.toThrow(
    /small\.png: found 8x2 pixels; its photo has 9x2/,
  );
});

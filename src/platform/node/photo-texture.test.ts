import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test } from "vitest";
import { photoTexture } from "./photo-texture.ts";

const root = await mkdtemp(join(tmpdir(), "dust3r-texture-"));
afterAll(() => rm(root, { recursive: true }));

test("pictures that scenes carry come from the original file: the part asked for, no larger than asked for", async () => {
  const [width, height] = [400, 200];
  // Black but for its right half.
  const rgb = Uint8Array.from({ length: 3 * width * height }, (_, i) => (Math.floor(i / 3) % width < 200 ? 0 : 255));
  const path = join(root, "photo.png");
  await sharp(rgb, { raw: { width, height, channels: 3 } }).toFile(path);
  const texture = await photoTexture(path, { left: 100.2, top: -0.3, width: 200, height: 200 }, { longSide: 1600 });
  const { data, info } = await sharp(texture).raw().toBuffer({ resolveWithObject: true });
  expect(info).toMatchObject({ width: 200, height: 200 });
  expect([data[3 * 90]! < 20, data[3 * 110]! > 235]).toEqual([true, true]);
  const small = await photoTexture(path, { left: 0, top: 0, width, height }, { longSide: 50 });
  expect(await sharp(small).metadata()).toMatchObject({ format: "jpeg", width: 50, height: 25 });
});

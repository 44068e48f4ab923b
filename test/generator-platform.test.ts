import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeImage, decodeImageBytes } from "../scripts/generator-platform.ts";

const [width, height] = [24, 16];
const ramp = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i % 3 === 2 ? 90 : (4 * i) / 3 / 7) % 200);
const picture = sharp(ramp, { raw: { width, height, channels: 3 } });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-generator-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("JPEG is decoded as the package decodes it", async () => {
  const jpeg = await picture.clone().jpeg({ quality: 90, chromaSubsampling: "4:4:4" }).toBuffer();
  writeFileSync(join(folder, "ramp.jpg"), jpeg);
  const found = await decodeImage(join(folder, "ramp.jpg"));
  const expected = await sharp(jpeg).removeAlpha().raw().toBuffer();
  expect([found.width, found.height, found.rgb.length]).toEqual([width, height, expected.length]);
  const worst = found.rgb.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
  expect(worst).toBeLessThanOrEqual(3);
});

test("other pictures are refused by name", async () => {
  const png = await picture.clone().png().toBuffer();
  await expect(decodeImageBytes(png, "chair.glb")).rejects.toThrow(/chair\.glb: is no JPEG that can be read here/);
});

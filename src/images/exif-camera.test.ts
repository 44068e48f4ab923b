import sharp from "sharp";
import { expect, test } from "vitest";
import { exifCamera } from "./exif-camera.ts";

async function blockOf(tags: Record<string, Record<string, string>>): Promise<Uint8Array> {
  const blank = sharp({ create: { width: 36, height: 24, channels: 3, background: "gray" } });
  const { exif } = await sharp(await blank.withExif(tags).webp().toBuffer()).metadata();
  return exif!.subarray(exif!.indexOf("II*"));
}

test("reads make, model and lens", async () => {
  const tags = { IFD0: { Make: "Maker ", Model: "Model 7" }, IFD2: { LensModel: "24-70mm" } };
  expect(await exifCamera(await blockOf(tags))).toBe("Maker Model 7 24-70mm");
});

test("names nothing where the block does not, or is damaged", async () => {
  expect(await exifCamera(await blockOf({ IFD2: { FocalLengthIn35mmFilm: "50" } }))).toBeUndefined();
  expect(await exifCamera(new Uint8Array(9))).toBeUndefined();
});

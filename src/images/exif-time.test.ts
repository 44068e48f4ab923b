import sharp from "sharp";
import { expect, test } from "vitest";
import { exifTime } from "./exif-time.ts";

async function blockOf(tags: Record<string, string>): Promise<Uint8Array> {
  const blank = sharp({ create: { width: 36, height: 24, channels: 3, background: "gray" } });
  const { exif } = await sharp(await blank.withExif({ IFD2: tags }).webp().toBuffer()).metadata();
  return exif!.subarray(exif!.indexOf("II*"));
}

test("reads the time with its fraction", async () => {
  const whole = await exifTime(await blockOf({ DateTimeOriginal: "2024:05:01 23:59:58" }));
  const half = await exifTime(await blockOf({ DateTimeOriginal: "2024:05:02 00:00:01", SubSecTimeOriginal: "5" }));
  expect(whole).toBe(Date.UTC(2024, 4, 1, 23, 59, 58));
  expect(half! - whole!).toBe(3500);
});

test("tells nothing from a clock without a date, other text or damaged blocks", async () => {
  expect(await exifTime(await blockOf({ DateTimeOriginal: "0000:00:00 00:00:00" }))).toBeUndefined();
  expect(await exifTime(await blockOf({ DateTimeOriginal: "yesterday" }))).toBeUndefined();
  expect(await exifTime(await blockOf({ UserComment: "none" }))).toBeUndefined();
  expect(await exifTime(new Uint8Array(9))).toBeUndefined();
});

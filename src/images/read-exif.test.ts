import sharp from "sharp";
import { expect, test } from "vitest";
import { readExif } from "./read-exif.ts";

const size = { width: 3600, height: 2400 };
const NOTHING = { focal: undefined, camera: undefined, takenAt: undefined };

async function blockOf(tags: Record<string, Record<string, string>>): Promise<Uint8Array> {
  const blank = sharp({ create: { width: 36, height: 24, channels: 3, background: "gray" } });
  const { exif } = await sharp(await blank.withExif(tags).webp().toBuffer()).metadata();
  return exif!.subarray(exif!.indexOf("II*"));
}

test("reads focal length, make, model, lens and time at once", async () => {
  const tags = {
    IFD0: { Make: "Maker ", Model: "Model 7" },
    IFD2: { LensModel: "24-70mm", FocalLengthIn35mmFilm: "50", DateTimeOriginal: "2024:05:01 10:00:00" },
  };
  expect(await readExif(await blockOf(tags), size)).toEqual({
    focal: expect.closeTo(5000, 9),
    camera: "Maker Model 7 24-70mm",
    takenAt: Date.UTC(2024, 4, 1, 10),
  });
});

test("tells what there is", async () => {
  const focalOnly = await readExif(await blockOf({ IFD2: { FocalLengthIn35mmFilm: "50" } }), size);
  expect(focalOnly).toEqual({ ...NOTHING, focal: expect.closeTo(5000, 9) });
  expect(await readExif(await blockOf({ IFD0: { Model: "Model 7" } }), size)).toEqual({
    ...NOTHING,
    camera: "Model 7",
  });
});

test("tells nothing from damaged blocks", async () => {
  const damaged = Uint8Array.from({ length: 64 }, (_, i) => (i < 2 ? 0x49 : 255 - i));
  for (const block of [new Uint8Array(0), new Uint8Array(9), damaged])
    expect(await readExif(block, size)).toEqual(NOTHING);
});

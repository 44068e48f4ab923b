import { readFile } from "node:fs/promises";
import exifr from "exifr";
import sharp from "sharp";
import { expect, test } from "vitest";
import { orientedJpeg } from "./jpeg-orientation.ts";

/** Left half red, right half blue. */
async function jpeg(orientation?: number): Promise<Uint8Array<ArrayBuffer>> {
  const half = (background: string) => ({ create: { width: 8, height: 8, channels: 3 as const, background } });
  const picture = sharp({ create: { width: 16, height: 8, channels: 3, background: "blue" } }).composite([
    { input: await sharp(half("red")).png().toBuffer(), left: 0, top: 0 },
  ]);
  const file = orientation ? picture.withMetadata({ orientation }) : picture;
  return new Uint8Array(await file.jpeg({ quality: 100 }).toBuffer());
}

async function upright(file: Uint8Array): Promise<{ width: number; height: number; topLeft: string }> {
  const { data, info } = await sharp(file).autoOrient().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, topLeft: data[0]! > data[2]! ? "red" : "blue" };
}

test.each([
  [1, { width: 8, height: 16, topLeft: "red" }],
  [2, { width: 16, height: 8, topLeft: "blue" }],
  [3, { width: 8, height: 16, topLeft: "blue" }],
] as const)("a photo without EXIF data is turned by %i quarters", async (turns, expected) => {
  expect(await upright(orientedJpeg(await jpeg(), turns)!)).toEqual(expected);
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("a quarter turn of orientation %i turns what one sees", async (orientation) => {
  const file = await jpeg(orientation);
  const before = await sharp(await sharp(file).autoOrient().png().toBuffer())
    .rotate(90)
    .raw()
    .toBuffer();
  const after = await sharp(orientedJpeg(file, 1)!).autoOrient().raw().toBuffer();
  expect(after.equals(before)).toBe(true);
});

test("all other EXIF data stay", async () => {
  const tags = { IFD0: { Model: "camera" }, IFD2: { FocalLength: "5/1" } };
  const file = new Uint8Array(
    await sharp(await jpeg())
      .withExif(tags)
      .jpeg()
      .toBuffer(),
  );
  const options = { translateValues: false };
  const before = await exifr.parse(file, options);
  expect(before).toMatchObject({ Model: "camera", Orientation: 1 });
  expect(await exifr.parse(orientedJpeg(file, 2)!, options)).toEqual({ ...before, Orientation: 3 });
});

test("what is no JPEG is refused", async () => {
  const png = await readFile("docs/package.json");
  expect(orientedJpeg(new Uint8Array(png), 1)).toBeNull();
});

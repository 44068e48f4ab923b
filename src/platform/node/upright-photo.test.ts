import { copyFile, mkdtemp, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InputError, isUserError } from "../../core/errors.ts";
import { decodeImageBytes, readImageHeader } from "./image-codec.ts";
import { hashFile } from "./photo-files.ts";
import { uprightPhoto } from "./upright-photo.ts";

const HEIC = resolve(import.meta.dirname, "../../../test/fixtures/gradient.heic");
const root = await mkdtemp(join(tmpdir(), "dust3r-upright-"));
const at = (name: string) => join(root, name);
const size = { width: 40, height: 30 };
/** Red in its left half. */
const rgb = Uint8Array.from({ length: 3 * 40 * 30 }, (_, i) => (i % 3 === 0 && Math.floor(i / 3) % 40 < 20 ? 255 : 0));

beforeAll(async () => {
  const picture = () => sharp(rgb, { raw: { ...size, channels: 3 } });
  await picture().jpeg().toFile(at("upright.jpg"));
  await picture().withMetadata({ orientation: 6 }).jpeg().toFile(at("turned.jpg"));
  await picture().png().toFile(at("picture.png"));
});
afterAll(() => rm(root, { recursive: true }));

test("a photo that needs nothing stays the file it is", async () => {
  expect(Buffer.from(await uprightPhoto(at("upright.jpg"), { format: "jpeg" }))).toEqual(
    await readFile(at("upright.jpg")),
  );
  expect(Buffer.from(await uprightPhoto(at("picture.png"), { format: "png" }))).toEqual(
    await readFile(at("picture.png")),
  );
});

test("a photo that EXIF turns is turned", async () => {
  const bytes = await uprightPhoto(at("turned.jpg"), { format: "jpeg" });
  expect((await sharp(bytes).metadata()).orientation ?? 1).toBe(1);
  const photo = await decodeImageBytes(bytes, "turned.jpg");
  expect(photo).toMatchObject({ width: 30, height: 40 });
  // Turned clockwise, the left half is on top.
  expect(photo.rgb[3 * 15]).toBeGreaterThan(240);
  expect(photo.rgb[3 * (39 * 30 + 15)]).toBeLessThan(15);
});

test.each([
  ["jpeg", "picture.png"],
  ["png", "upright.jpg"],
] as const)("%s is made of %s", async (format, name) => {
  const bytes = await uprightPhoto(at(name), { format });
  expect(await sharp(bytes).metadata()).toMatchObject({ format, ...size });
});

test("HEIC becomes JPEG of the same size", async () => {
  const { width, height } = await readImageHeader(HEIC);
  expect(await sharp(await uprightPhoto(HEIC, { format: "jpeg" })).metadata()).toMatchObject({
    format: "jpeg",
    width,
    height,
  });
});

test.each<[string, (picture: Sharp) => Sharp]>([
  ["gray.jpg", (picture) => picture.grayscale().jpeg()],
  ["cmyk.jpg", (picture) => picture.toColourspace("cmyk").jpeg()],
  ["gray.png", (picture) => picture.grayscale().png()],
  ["alpha.png", (picture) => picture.ensureAlpha(0.5).png()],
  ["deep.png", (picture) => picture.toColourspace("rgb16").png()],
  ["palette.png", (picture) => picture.png({ palette: true })],
])("colmap/images: %s becomes 8-bit RGB", async (name, make) => {
  await make(sharp(rgb, { raw: { ...size, channels: 3 } })).toFile(at(name));
  const format = name.endsWith("png") ? "png" : "jpeg";
  const metadata = await sharp(await uprightPhoto(at(name), { format })).metadata();
  expect(metadata).toMatchObject({ format, ...size, channels: 3, depth: "uchar", space: "srgb", hasAlpha: false });
  expect(metadata.isPalette ?? false).toBe(false);
});

test("a photo removed or truncated between reading and writing is named, and never written", async () => {
  const path = at("changing.jpg");
  await copyFile(at("upright.jpg"), path);
  const hash = await hashFile(path);
  expect(Buffer.from(await uprightPhoto(path, { format: "jpeg", sha256: hash }))).toEqual(
    await readFile(at("upright.jpg")),
  );

  await truncate(path, 300);
  await expect(uprightPhoto(path, { format: "jpeg", sha256: hash })).rejects.toThrow(
    `${path}: was changed while the program ran`,
  );
  await expect(uprightPhoto(path, { format: "png" })).rejects.toSatisfy(isUserError);
  await rm(path);
  await expect(uprightPhoto(path, { format: "jpeg", sha256: hash })).rejects.toThrow(
    `${path}: there is no such file or folder`,
  );
  await expect(hashFile(path)).rejects.toThrow(InputError);
});

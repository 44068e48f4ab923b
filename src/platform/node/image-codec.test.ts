import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp, { type Sharp } from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FormatError, InputError } from "../../core/errors.ts";
import { decodeImage, decodeImageBytes, encodeJpeg, readImageHeader } from "./image-codec.ts";

const [width, height] = [48, 32];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-codec-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** A smooth picture that differs in every corner. */
function color(x: number, y: number): readonly [number, number, number] {
  return [40 + 4 * x, 40 + 5 * y, 200 - 2 * x - y];
}

const upright = new Uint8Array(width * height * 3);
for (let i = 0; i < width * height; i++) upright.set(color(i % width, Math.floor(i / width)), 3 * i);

const picture = (): Sharp => sharp(upright, { raw: { width, height, channels: 3 } });

async function saved(name: string, bytes: Uint8Array | Promise<Uint8Array>): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, await bytes);
  return path;
}

/** A TIFF of one strip of 32-bit floats, RGB. */
function floatTiff(values: Float32Array): Uint8Array {
  const SHORT = 3;
  const fields = [
    [256, width],
    [257, height],
    [258, 32],
    [259, 1],
    [262, 2],
    [273, 8],
    [277, 3],
    [278, height],
    [279, values.byteLength],
    [339, 3],
  ] as const;
  const bytes = Buffer.alloc(8 + values.byteLength + 2 + 12 * fields.length + 4);
  bytes.write("II*\0", "latin1");
  bytes.writeUInt32LE(8 + values.byteLength, 4);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 8 + 4 * i);
  let at = bytes.writeUInt16LE(fields.length, 8 + values.byteLength);
  for (const [tag, value] of fields) {
    at = bytes.writeUInt16LE(tag, at);
    at = bytes.writeUInt16LE(SHORT, at);
    at = bytes.writeUInt32LE(1, at);
    at = bytes.writeUInt32LE(value, at);
  }
  return bytes;
}

function largestDifference(rgb: Uint8Array, expected: Uint8Array = upright): number {
  expect(rgb).toHaveLength(expected.length);
  return rgb.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);
}

describe("decodeImage", () => {
  test.each<[string, number, (photo: Sharp) => Sharp]>([
    ["jpg", 6, (photo) => photo.jpeg({ quality: 98, chromaSubsampling: "4:4:4" })],
    ["png", 0, (photo) => photo.png()],
    ["webp", 0, (photo) => photo.webp({ lossless: true })],
    ["avif", 8, (photo) => photo.avif({ quality: 95, chromaSubsampling: "4:4:4" })],
    ["tiff", 0, (photo) => photo.tiff({ compression: "lzw" })],
    ["gif", 45, (photo) => photo.gif()],
  ])("reads %s", async (extension, tolerance, encode) => {
    const path = await saved(`plain.${extension}`, encode(picture()).toBuffer());
    const image = await decodeImage(path);
    expect([image.width, image.height]).toEqual([width, height]);
    expect(largestDifference(image.rgb)).toBeLessThanOrEqual(tolerance);
  });

  test("reads HEIC", async () => {
    const path = join(import.meta.dirname, "../../../test/fixtures/gradient.heic");
    const image = await decodeImage(path);
    expect([image.width, image.height]).toEqual([64, 48]);
    expect(await readImageHeader(path)).toMatchObject({ width: 64, height: 48, exif: expect.any(Uint8Array) });
    const expected = Uint8Array.from({ length: 64 * 48 * 3 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 3 / 64)];
      return [4 * x, 5 * y, 128][i % 3]!;
    });
    expect(largestDifference(image.rgb, expected)).toBeLessThan(12);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("turns EXIF orientation %i upright", async (orientation) => {
    const stored = storedAs(orientation);
    const path = await saved(`exif${orientation}.png`, stored.withMetadata({ orientation }).png().toBuffer());
    expect(await readImageHeader(path)).toMatchObject({ width, height });
    const image = await decodeImage(path);
    expect([image.width, image.height]).toEqual([width, height]);
    expect(largestDifference(image.rgb)).toBe(0);
  });

  test("drops alpha and keeps the color under it", async () => {
    const rgba = new Uint8Array(width * height * 4);
    for (let i = 0; i < width * height; i++) rgba.set([...upright.subarray(3 * i, 3 * i + 3), i % 3 ? 0 : 128], 4 * i);
    const path = await saved(
      "alpha.png",
      sharp(rgba, { raw: { width, height, channels: 4 } })
        .png()
        .toBuffer(),
    );
    expect((await sharp(path).metadata()).hasAlpha).toBe(true);
    expect(largestDifference((await decodeImage(path)).rgb)).toBe(0);
  });

  test.each(["png", "tiff"] as const)("brings 16 bits to 8 in %s", async (format) => {
    const deep = Uint16Array.from(upright, (value) => value * 256 + 77);
    const raw = sharp(deep, { raw: { width, height, channels: 3 } }).toColourspace("rgb16");
    const path = await saved(`deep.${format}`, raw.toFormat(format, { compression: "lzw" }).toBuffer());
    expect((await sharp(path).metadata()).depth).toBe("ushort");
    expect(largestDifference((await decodeImage(path)).rgb)).toBe(0);
  });

  test.each([10, 12])("%i bits in 16 get the right range", async (bits) => {
    const dim = Uint16Array.from(upright, (value) => value * 2 ** (bits - 8) + 1);
    const raw = sharp(dim, { raw: { width, height, channels: 3 } }).toColourspace("rgb16");
    const path = await saved(`dim-${bits}.tiff`, raw.tiff({ compression: "lzw" }).toBuffer());
    expect(largestDifference((await decodeImage(path)).rgb)).toBe(0);
  });

  test("float TIFF is refused with what was found", async () => {
    const path = await saved("float.tiff", floatTiff(Float32Array.from(upright, (value) => (value / 255) ** 2.2)));
    expect((await sharp(path).metadata()).depth).toBe("float");
    await expect(decodeImage(path)).rejects.toThrow(
      /float\.tiff: holds numbers of the kind float, .* 8 or 16 bits are expected/,
    );
  });

  test.each([8, 16])("makes %i-bit gray RGB", async (bits) => {
    const values = Array.from({ length: width * height }, (_, i) => i % 256);
    const gray = bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values, (value) => value * 256 + 77);
    const raw = sharp(gray, { raw: { width, height, channels: 1 } }).toColourspace(bits === 8 ? "b-w" : "grey16");
    const path = await saved(`gray${bits}.png`, raw.png().toBuffer());
    expect(await sharp(path).metadata()).toMatchObject({ channels: 1, depth: bits === 8 ? "uchar" : "ushort" });
    const expected = Uint8Array.from({ length: 3 * values.length }, (_, i) => values[Math.floor(i / 3)]!);
    expect(largestDifference((await decodeImage(path)).rgb, expected)).toBe(0);
  });

  test("makes CMYK RGB", async () => {
    // Print cannot show saturated colors, so the picture is a muted one.
    const muted = await picture().linear(0.4, 77).raw().toBuffer();
    const photo = sharp(muted, { raw: { width, height, channels: 3 } });
    const path = await saved("cmyk.jpg", photo.toColourspace("cmyk").jpeg({ quality: 95 }).toBuffer());
    expect(await sharp(path).metadata()).toMatchObject({ space: "cmyk", channels: 4 });
    expect(largestDifference((await decodeImage(path)).rgb, muted)).toBeLessThan(20);
  });

  test("ignores color profiles", async () => {
    const path = await saved("p3.png", picture().withIccProfile("p3", { attach: true }).png().toBuffer());
    const stored = await sharp(path, { ignoreIcc: true }).raw().toBuffer();
    expect(largestDifference(stored)).toBeGreaterThan(2);
    expect((await decodeImage(path)).rgb).toEqual(stored);
  });

  test.each(["gif", "webp"] as const)("takes the first frame of an animated %s", async (format) => {
    const frames = new Uint8Array(3 * upright.length).fill(0);
    frames.set(upright);
    const raw = { width, height: 3 * height, channels: 3, pageHeight: height } as const;
    const path = await saved(`film.${format}`, sharp(frames, { raw }).toFormat(format, { lossless: true }).toBuffer());
    expect((await sharp(path).metadata()).pages).toBe(2);
    const image = await decodeImage(path);
    expect([image.width, image.height]).toEqual([width, height]);
    expect(largestDifference(image.rgb)).toBeLessThanOrEqual(45);
  });

  test("sees a photo that changed under the same name", async () => {
    const path = await saved("changing.png", picture().png().toBuffer());
    await decodeImage(path);
    await saved("changing.png", picture().negate().png().toBuffer());
    expect(largestDifference((await decodeImage(path)).rgb)).toBeGreaterThan(50);
  });

  test("does not reduce a photo of ordinary size", async () => {
    const path = await saved("ordinary.png", picture().resize(960, 640).png().toBuffer());
    expect(await decodeImage(path, { reducedTo: { width: 48, height: 32 } })).toMatchObject({
      width: 960,
      height: 640,
    });
  });
});

describe("what cannot be decoded", () => {
  const photo = (): Sharp => picture().resize(480, 320).modulate({ hue: 90 });
  const encoders: Readonly<Record<string, () => Sharp>> = {
    jpg: () => photo().jpeg(),
    "progressive.jpg": () => photo().jpeg({ progressive: true }),
    png: () => photo().png(),
    webp: () => photo().webp(),
    avif: () => photo().avif(),
    tiff: () => photo().tiff(),
    gif: () => photo().gif(),
  };

  test.each(Object.keys(encoders))("a truncated %s is an error that names the file", async (extension) => {
    const whole = await encoders[extension]!().toBuffer();
    for (const share of [0.02, 0.3, 0.7, 0.98]) {
      const path = await saved(`cut.${extension}`, whole.subarray(0, Math.floor(share * whole.length)));
      const error = await decodeImage(path).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(FormatError);
      expect((error as FormatError).message).toContain(path);
    }
  });

  test("a truncated HEIC is an error that names the file", async () => {
    const whole = readFileSync(join(import.meta.dirname, "../../../test/fixtures/gradient.heic"));
    const path = await saved("cut.heic", whole.subarray(0, whole.length - 60));
    await expect(decodeImage(path)).rejects.toThrow(FormatError);
    await expect(decodeImage(path)).rejects.toThrow(path);
  });

  test("a JPEG with damaged data is an error, one with a mere warning is read", async () => {
    const whole = await encoders["progressive.jpg"]!().toBuffer();
    const damaged = Buffer.from(whole);
    damaged.fill(0x55, whole.length >> 1, (whole.length >> 1) + 400);
    await expect(decodeImage(await saved("damaged.jpg", damaged))).rejects.toThrow("damaged.jpg: is damaged");
    const odd = await encoders.jpg!().toBuffer();
    const scan = odd.indexOf(Uint8Array.of(0xff, 0xda));
    // The last byte of a baseline scan header is always 0; some phones write something else.
    odd[scan + 13] = 1;
    await expect(sharp(odd, { failOn: "warning" }).raw().toBuffer()).rejects.toThrow("Invalid SOS");
    expect(await decodeImage(await saved("odd.jpg", odd))).toMatchObject({ width: 480, height: 320 });
  });

  test("photos read at once keep their own reasons", async () => {
    const cut = async (extension: string) => {
      const whole = await encoders[extension]!().toBuffer();
      return saved(`at-once.${extension}`, whole.subarray(0, whole.length >> 1));
    };
    const paths = [await cut("jpg"), await cut("png"), await cut("progressive.jpg"), await cut("avif")];
    const errors = await Promise.all(paths.map((path) => decodeImage(path).catch((error: Error) => error)));
    const reasons = [/JPEG image$/, /libpng read error$/, /JPEG image$/, /heif: /];
    for (const [i, error] of errors.entries()) expect((error as Error).message).toMatch(reasons[i]!);
  });

  test("a text file called .jpg", async () => {
    const path = await saved("text.jpg", Buffer.from("these are not the pixels you are looking for\n"));
    await expect(decodeImage(path)).rejects.toThrow(FormatError);
    await expect(decodeImage(path)).rejects.toThrow(`${path}: is not a JPEG, PNG,`);
  });

  test("a drawing", async () => {
    const drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
    const path = await saved("drawing.png", Buffer.from(drawing));
    await expect(decodeImage(path)).rejects.toThrow(`${path}: is not a JPEG, PNG,`);
  });

  test("an empty file, a folder, a missing file", async () => {
    const empty = await saved("empty.jpg", new Uint8Array(0));
    await expect(decodeImage(empty)).rejects.toThrow(`${empty}: is empty (0 bytes)`);
    await expect(decodeImage(folder)).rejects.toThrow(InputError);
    await expect(decodeImage(folder)).rejects.toThrow(`${folder}: is not a file`);
    await expect(decodeImage(join(folder, "missing.jpg"))).rejects.toThrow(InputError);
    await expect(decodeImage(join(folder, "missing.jpg"))).rejects.toThrow("missing.jpg: cannot be opened");
  });

  test("a small file that claims to be huge", async () => {
    const bytes = await picture().png().toBuffer();
    const claim = Buffer.from(bytes);
    claim.writeUInt32BE(30000, 16);
    claim.writeUInt32BE(20000, 20);
    claim.writeUInt32BE(crc32(claim.subarray(12, 29)), 29);
    const path = await saved("bomb.png", claim);
    await expect(decodeImage(path)).rejects.toThrow(InputError);
    await expect(decodeImage(path)).rejects.toThrow(
      `${path}: too large: 30000x20000 = 600 megapixels, at most 250 are read`,
    );
    await expect(decodeImageBytes(claim, "bytes.png")).rejects.toThrow("bytes.png: too large: 30000x20000");
  });

  test("a photo of many pixels in next to nothing, which a mask may be", async () => {
    const size = { width: 8000, height: 6000 };
    const black = sharp({ create: { ...size, channels: 3, background: "black" } });
    const path = await saved("black.png", black.png({ palette: true, colors: 2 }).toBuffer());
    await expect(decodeImage(path)).rejects.toThrow(/black\.png: claims 8000x6000 pixels in \d+ bytes/);
    expect(await decodeImage(path, { maskOf: size })).toMatchObject(size);
  });

  test("an interlaced photo that would need all of its passes in memory", async () => {
    const claim = await picture().png({ progressive: true }).toBuffer();
    claim.writeUInt32BE(10000, 16);
    claim.writeUInt32BE(10000, 20);
    claim.writeUInt32BE(crc32(claim.subarray(12, 29)), 29);
    const path = await saved("interlaced.png", claim);
    await expect(decodeImage(path)).rejects.toThrow(
      `${path}: too large: 10000x10000 = 100 megapixels, at most 64 of a progressive or interlaced photo are read`,
    );
  });

  test("a mask of another size than its photo, before its pixels are decoded", async () => {
    const bytes = await picture().png().toBuffer();
    const path = await saved("mask.png", bytes.subarray(0, bytes.length - 100));
    const maskOf = { width: 3, height: 2 };
    await expect(decodeImage(path, { maskOf })).rejects.toThrow(`${path}: found 48x32 pixels; its photo has 3x2`);
    await expect(decodeImage(path)).rejects.toThrow(/damaged/);
  });

  test.each([
    ["by itself", ""],
    ["that begins as a GIF does", "GIF89a"],
    ["that begins as a WebP does", "RIFF    WEBPVP8 "],
    ["behind a JPEG's signature", "\xff\xd8\xff"],
    ["in a HEIC's first box", "\0\0\0\x18ftypheic"],
    ["whose words are a HEIC's", "<svgftypheic"],
  ])("a drawing %s, in a file or in memory", async (_, start) => {
    const rectangles = '<g fill="red"><rect width="9" height="9"/></g>'.repeat(30);
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${rectangles}</svg>`;
    const bytes = Buffer.from(start + drawing, "latin1");
    const path = await saved("drawn.jpg", bytes);
    await expect(decodeImage(path)).rejects.toThrow(`${path}: is not a JPEG, PNG,`);
    await expect(decodeImageBytes(bytes, "a.tar, 1.jpg")).rejects.toThrow(/^a\.tar, 1\.jpg: is not a JPEG, PNG,/);
  });
});

test("encodeJpeg writes what decodeImage reads", async () => {
  const path = await saved("written.jpg", encodeJpeg({ width, height, rgb: upright }, 95));
  expect(largestDifference((await decodeImage(path)).rgb)).toBeLessThan(14);
});

/** The picture as a camera stores it that asks for this EXIF orientation. */
function storedAs(orientation: number): Sharp {
  const [right, bottom] = [width - 1, height - 1];
  const storedAt = (x: number, y: number): [number, number] => {
    switch (orientation) {
      case 2:
        return [right - x, y];
      case 3:
        return [right - x, bottom - y];
      case 4:
        return [x, bottom - y];
      case 5:
        return [y, x];
      case 6:
        return [y, right - x];
      case 7:
        return [bottom - y, right - x];
      case 8:
        return [bottom - y, x];
      default:
        return [x, y];
    }
  };
  const turned = orientation >= 5;
  const raw = { width: turned ? height : width, height: turned ? width : height, channels: 3 } as const;
  const rgb = new Uint8Array(upright.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [storedX, storedY] = storedAt(x, y);
      rgb.set(color(x, y), (storedY * raw.width + storedX) * 3);
    }
  }
  return sharp(rgb, { raw });
}

/** The checksum of a PNG chunk. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

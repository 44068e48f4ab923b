import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { decode, encode } from "fast-png";
import sharp from "sharp";
import { expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { encodePngChunk } from "./png-chunks.ts";
import { decodePng16, encodePng16, type Gray16 } from "./png16.ts";

const images = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 150 }))
  .chain(([width, height]) =>
    fc
      .uint16Array({ minLength: width * height, maxLength: width * height })
      .map((data): Gray16 => ({ width, height, data })),
  );

test("an independent reader gets back what was written", async () => {
  await fc.assert(
    fc.asyncProperty(images, async ({ width, height, data }) => {
      const read = decode(await encodePng16({ width, height, data }), { checkCrc: true });
      expect(read).toMatchObject({ width, height, depth: 16, channels: 1 });
      expect(read.data).toEqual(data);
    }),
    { numRuns: 50 },
  );
});

test("sharp reads it too", async () => {
  const data = Uint16Array.from({ length: 300 * 200 }, (_, i) => (i * 37) % 65536);
  const bytes = await encodePng16({ width: 300, height: 200, data });
  const read = await sharp(bytes).toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
  expect(new Uint16Array(read.buffer, read.byteOffset, read.length / 2)).toEqual(data);
});

test("decoding inverts encoding", async () => {
  const image: Gray16 = { width: 3, height: 2, data: Uint16Array.of(0, 1, 255, 256, 65534, 65535) };
  expect(decodePng16(await encodePng16(image), "depth.png")).toEqual(image);
});

test("every filter and interlacing are read as libpng wrote them", async () => {
  const data = Uint16Array.from({ length: 61 * 47 }, (_, i) => (i * i * 37 + 900 * (i % 61)) % 65536);
  const raw = { raw: { width: 61, height: 47, channels: 1 as const, depth: "ushort" as const } };
  for (const progressive of [false, true]) {
    for (const adaptiveFiltering of [false, true]) {
      const picture = sharp(data, raw).toColourspace("grey16").png({ progressive, adaptiveFiltering });
      expect(decodePng16(await picture.toBuffer(), "a.png")).toEqual({ width: 61, height: 47, data });
    }
  }
});

test("compressed data larger than its header promises: an error at once, and no profile is unpacked", async () => {
  const header = (await encodePng16({ width: 4, height: 3, data: new Uint16Array(12) })).subarray(0, 33);
  const bomb = deflateSync(new Uint8Array(2e8));
  const end = encodePngChunk({ type: "IEND", content: new Uint8Array(0) });
  const content = deflateSync(new Uint8Array(27));
  const heap = process.memoryUsage().arrayBuffers;
  for (const interlace of [0, 1]) {
    const start = interlaced(header, interlace);
    const png = Buffer.concat([start, encodePngChunk({ type: "IDAT", content: bomb }), end]);
    expect(() => decodePng16(png, "a.png")).toThrow(/longer than the \d+ bytes that its header promises/);
  }
  const profile = encodePngChunk({ type: "iCCP", content: Buffer.concat([Buffer.from("icc\0\0"), bomb]) });
  const png = Buffer.concat([header, profile, encodePngChunk({ type: "IDAT", content }), end]);
  expect(decodePng16(png, "a.png").data).toEqual(new Uint16Array(12));
  expect(process.memoryUsage().arrayBuffers - heap).toBeLessThan(1e8);
});

test("a picture of another size than its photo is refused before it is unpacked", async () => {
  const header = (await encodePng16({ width: 2, height: 2, data: new Uint16Array(4) })).subarray(0, 33);
  const end = encodePngChunk({ type: "IEND", content: new Uint8Array(0) });
  const damaged = encodePngChunk({ type: "IDAT", content: Uint8Array.of(1, 2, 3) });
  expect(() => decodePng16(Buffer.concat([header, damaged, end]), "a.png", { width: 3, height: 2 })).toThrow(
    "a.png: is 2x2, its photo 3x2",
  );
});

/** A header that says whether rows are interlaced. */
function interlaced(header: Uint8Array, method: number): Uint8Array {
  const content = header.slice(16, 29);
  content[12] = method;
  return Buffer.concat([header.subarray(0, 8), encodePngChunk({ type: "IHDR", content })]);
}

test("a smooth map takes a fraction of its raw size", async () => {
  const data = Uint16Array.from({ length: 400 * 300 }, (_, i) => 20000 + 40 * Math.floor(i / 400) + (i % 400));
  expect((await encodePng16({ width: 400, height: 300, data })).length).toBeLessThan(0.05 * data.byteLength);
});

test("other files are refused by name", async () => {
  const eightBits = encode({ width: 1, height: 1, channels: 1, depth: 8, data: Uint8Array.of(7) });
  expect(() => decodePng16(eightBits, "a.png")).toThrow("a.png: expected a gray PNG of 16 bits, found gray of 8 bits");
  const whole = await encodePng16({ width: 2, height: 2, data: new Uint16Array(4) });
  for (const bytes of [whole.subarray(0, 40), new TextEncoder().encode("no picture"), new Uint8Array(0)]) {
    expect(() => decodePng16(bytes, "b.png")).toThrow(FormatError);
  }
  await expect(encodePng16({ width: 2, height: 2, data: new Uint16Array(3) })).rejects.toThrow(
    "needs 4 values, found 3",
  );
});

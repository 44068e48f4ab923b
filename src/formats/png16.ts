import { FormatError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { inflateExactly } from "./inflate.ts";
import { encodePngChunk, PNG_SIGNATURE, readPngChunks } from "./png-chunks.ts";
import { type PngPass, pngPasses, unfilterRows } from "./png-passes.ts";

/** A gray image of 16 bits a pixel; `data` is `[height, width]`. */
export interface Gray16 extends Size {
  readonly data: Uint16Array;
}

const GRAY = 0;
/** What the header's numbers for the kinds of pixels mean. */
const COLOR_TYPES: Readonly<Record<number, string>> = {
  0: "gray",
  2: "RGB",
  3: "a palette",
  4: "gray with alpha",
  6: "RGB with alpha",
};
const UP_FILTER = 2;
const ROWS_PER_CHUNK = 64;

/** Compresses a stream of bytes, in zlib's wrapping. */
export type Deflate = (bytes: ReadableStream<BufferSource>) => Promise<Uint8Array>;

/** The stream API of every platform: small files, at a fixed level. */
const deflateByStream: Deflate = async (bytes) =>
  new Uint8Array(await new Response(bytes.pipeThrough(new CompressionStream("deflate"))).arrayBuffer());

/**
 * The bytes of a 16-bit gray PNG. Rows are stored as differences from the row above, which leaves smooth maps several
 * times smaller than storing them as they are; the platform's own deflate keeps only a few rows in memory.
 */
export async function encodePng16(
  { width, height, data }: Gray16,
  deflate: Deflate = deflateByStream,
): Promise<Uint8Array<ArrayBuffer>> {
  if (data.length !== width * height) {
    throw new RangeError(`a ${width}x${height} image needs ${width * height} values, found ${data.length}`);
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 16);
  return joined([
    PNG_SIGNATURE,
    encodePngChunk({ type: "IHDR", content: new Uint8Array(header.buffer) }),
    encodePngChunk({ type: "IDAT", content: await deflate(rowChunks(width, height, data)) }),
    encodePngChunk({ type: "IEND", content: new Uint8Array(0) }),
  ]);
}

/**
 * The values of a 16-bit gray PNG; a `FormatError` for `path` when the bytes are anything else. Where `photo` is given, a
 * picture of another size is refused before it is unpacked.
 */
export function decodePng16(bytes: Uint8Array, path: string, photo?: Size): Gray16 {
  const parts: Uint8Array[] = [];
  let header: PngHeader | undefined;
  for (const { type, content } of readPngChunks(bytes, path)) {
    if (header === undefined) header = readHeader(type, content, path);
    else if (type === "IDAT") parts.push(content);
  }
  const { width, height, interlaced } = header!;
  if (photo !== undefined && (width !== photo.width || height !== photo.height)) {
    throw new FormatError(path, `is ${width}x${height}, its photo ${photo.width}x${photo.height}`);
  }
  const passes = pngPasses({ width, height }, interlaced);
  const size = passes.reduce((sum, pass) => sum + pass.height * (1 + 2 * pass.width), 0);
  const rows = inflateExactly(joined(parts), size, { wrapping: "zlib", path });
  const data = new Uint16Array(width * height);
  let at = 0;
  for (const pass of passes) {
    const end = at + pass.height * (1 + 2 * pass.width);
    placePass(rows.subarray(at, end), pass, { width, height, data }, path);
    at = end;
  }
  return { width, height, data };
}

interface PngHeader extends Size {
  readonly interlaced: boolean;
}

function readHeader(type: string, content: Uint8Array, path: string): PngHeader {
  if (type !== "IHDR" || content.length !== 13) throw new FormatError(path, "not a readable PNG (it has no header)");
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [depth, color, , , interlace] = content.subarray(8);
  if (depth !== 16 || color !== GRAY) {
    const found = `${COLOR_TYPES[color!] ?? "an unknown kind of pixels"} of ${depth} bits`;
    throw new FormatError(path, `expected a gray PNG of 16 bits, found ${found}`);
  }
  if (width === 0 || height === 0) throw new FormatError(path, `not a readable PNG (it has ${width}x${height} pixels)`);
  return { width, height, interlaced: interlace === 1 };
}

function placePass(rows: Uint8Array, pass: PngPass, { width, data }: Gray16, path: string): void {
  const stride = 2 * pass.width;
  if (!unfilterRows(rows, stride, 2)) throw new FormatError(path, "not a readable PNG (a row has no known filter)");
  for (let row = 0; row < pass.height; row++) {
    let from = row * (1 + stride) + 1;
    let to = (pass.top + row * pass.stepY) * width + pass.left;
    for (let column = 0; column < pass.width; column++, from += 2, to += pass.stepX) {
      data[to] = (rows[from]! << 8) | rows[from + 1]!;
    }
  }
}

function rowChunks(width: number, height: number, data: Uint16Array): ReadableStream<BufferSource> {
  const stride = 1 + 2 * width;
  let next = 0;
  return new ReadableStream({
    pull(controller) {
      const rows = Math.min(ROWS_PER_CHUNK, height - next);
      const filtered = new Uint8Array(rows * stride);
      for (let row = 0; row < rows; row++, next++) {
        let at = row * stride;
        filtered[at++] = UP_FILTER;
        for (let i = next * width; i < (next + 1) * width; i++) {
          const value = data[i]!;
          const above = next === 0 ? 0 : data[i - width]!;
          filtered[at++] = (value >> 8) - (above >> 8);
          filtered[at++] = value - above;
        }
      }
      controller.enqueue(filtered);
      if (next === height) controller.close();
    },
  });
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

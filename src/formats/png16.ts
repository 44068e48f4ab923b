import { decode } from "fast-png";
import { FormatError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";

/** A grey image of 16 bits a pixel; `data` is `[height, width]`. */
export interface Gray16 extends Size {
  readonly data: Uint16Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const UP_FILTER = 2;
const ROWS_PER_CHUNK = 64;

/**
 * The bytes of a 16-bit grey PNG. Rows are stored as differences from the row above, which leaves smooth maps several
 * times smaller than storing them as they are; the platform's own deflate keeps only a few rows in memory.
 */
export async function encodePng16({ width, height, data }: Gray16): Promise<Uint8Array<ArrayBuffer>> {
  if (data.length !== width * height) {
    throw new RangeError(`a ${width}x${height} image needs ${width * height} values, found ${data.length}`);
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 16);
  const compressed = new Response(rowChunks(width, height, data).pipeThrough(new CompressionStream("deflate")));
  const parts = [
    SIGNATURE,
    ...chunk("IHDR", new Uint8Array(header.buffer)),
    ...chunk("IDAT", new Uint8Array(await compressed.arrayBuffer())),
    ...chunk("IEND", new Uint8Array(0)),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The values of a 16-bit grey PNG; a `FormatError` for `path` when the bytes are anything else. */
export function decodePng16(bytes: Uint8Array, path: string): Gray16 {
  const { width, height, data, depth, channels } = decodeAny(bytes, path);
  if (!(data instanceof Uint16Array) || channels !== 1) {
    throw new FormatError(path, `expected a grey PNG of 16 bits, found ${channels} channels of ${depth} bits`);
  }
  return { width, height, data };
}

function decodeAny(bytes: Uint8Array, path: string): ReturnType<typeof decode> {
  try {
    return decode(bytes, { checkCrc: true });
  } catch (cause) {
    throw new FormatError(path, `not a readable PNG (${cause instanceof Error ? cause.message : cause})`, { cause });
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

/** Length and type, content, and the checksum of type and content. */
function chunk(type: string, content: Uint8Array): readonly Uint8Array[] {
  const head = new Uint8Array(8);
  new DataView(head.buffer).setUint32(0, content.length);
  for (let i = 0; i < 4; i++) head[4 + i] = type.charCodeAt(i);
  const tail = new Uint8Array(4);
  new DataView(tail.buffer).setUint32(0, ~crc32(content, crc32(head.subarray(4), -1)));
  return [head, content, tail];
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

function crc32(bytes: Uint8Array, start: number): number {
  let crc = start;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255]!;
  return crc;
}

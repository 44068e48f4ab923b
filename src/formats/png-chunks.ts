import { FormatError } from "../core/errors.ts";

/** What every PNG file begins with. */
export const PNG_SIGNATURE: Uint8Array = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** A piece of a PNG file. */
export interface PngChunk {
  /** Four letters. */
  readonly type: string;
  readonly content: Uint8Array;
}

/** The chunks of a PNG file up to the one that ends it; a `FormatError` where it is damaged, cut off, or no PNG. */
export function* readPngChunks(bytes: Uint8Array, path: string): Generator<PngChunk> {
  if (PNG_SIGNATURE.some((byte, i) => bytes[i] !== byte))
    throw new FormatError(path, "not a readable PNG (it begins otherwise)");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = PNG_SIGNATURE.length; ; ) {
    const length = at + 12 > bytes.length ? 0 : view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) throw new FormatError(path, "not a readable PNG (it is cut off)", { offset: at });
    if (view.getUint32(end) !== checksum(bytes.subarray(at + 4, end))) {
      throw new FormatError(path, "not a readable PNG (a checksum in it is wrong)", { offset: at });
    }
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    yield { type, content: bytes.subarray(at + 8, end) };
    if (type === "IEND") return;
    at = end + 4;
  }
}

/** The bytes of a chunk: length, type, content, and the checksum of type and content. */
export function encodePngChunk({ type, content }: PngChunk): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, checksum(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  return crc;
});

/** CRC-32. */
function checksum(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 255]!;
  return ~crc >>> 0;
}

import { FormatError, InputError } from "../../core/errors.ts";
import type { Size } from "../../core/size.ts";
import { MAX_PIXELS, MAX_PIXELS_IN_PASSES } from "../photo-limits.ts";
import { formatOfBytes } from "../picture-signatures.ts";
import { jpegFrame } from "./jpeg-frame.ts";

/** What a picture file says before it is decoded. */
export interface PictureHeader {
  readonly format: string;
  /** As stored, not turned; undefined for formats whose header only the browser reads. */
  readonly stored: Size | undefined;
  /** True for 8-bit RGB, as every program reads it. */
  readonly isPlain: boolean;
  /** True for a PNG file with more than 8 bits or with alpha, which a canvas would not give back exactly. */
  readonly isExactPng: boolean;
}

/** Reads the start of a picture; a `FormatError` or an `InputError` for what must not be decoded. */
export function readPictureHeader(bytes: Uint8Array, name: string): PictureHeader {
  if (bytes.length === 0) throw new FormatError(name, "is empty (0 bytes); a photo is expected");
  const format = formatOfBytes(bytes);
  if (format === undefined)
    throw new FormatError(name, "is not a JPEG, PNG, WebP, AVIF, HEIC, TIFF or GIF photo by its first bytes");
  if (format === "jpeg") {
    const frame = jpegFrame(bytes);
    if (frame === undefined) throw new FormatError(name, "is damaged or truncated: it holds no JPEG picture");
    requireBearable(frame, { name, isInPasses: frame.isProgressive });
    if (!frame.hasEnd) throw new FormatError(name, "is damaged or truncated: its JPEG picture has no end");
    return { format, stored: frame, isPlain: frame.components === 3, isExactPng: false };
  }
  if (format === "png" && bytes.length >= 29) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const stored = { width: view.getUint32(16), height: view.getUint32(20) };
    const [depth, color, isInterlaced] = [bytes[24]!, bytes[25]!, bytes[28] === 1];
    requireBearable(stored, { name, isInPasses: isInterlaced });
    const isExactPng = color !== 3 && (depth === 16 || color === 4 || color === 6);
    return { format, stored, isPlain: depth === 8 && color === 2, isExactPng };
  }
  return { format, stored: undefined, isPlain: false, isExactPng: false };
}

/** Refuses photos of more pixels than can be borne. */
export function requireBearable(
  { width, height }: Size,
  { name, isInPasses = false }: { readonly name: string; readonly isInPasses?: boolean },
): void {
  const most = isInPasses ? MAX_PIXELS_IN_PASSES : MAX_PIXELS;
  if (width * height <= most) return;
  const found = `${width}x${height} = ${Math.round((width * height) / 1e6)} megapixels`;
  const kind = isInPasses ? " of a progressive or interlaced photo" : "";
  throw new InputError(`${name}: too large: ${found}, at most ${most / 1e6}${kind} are read; reduce it first`);
}

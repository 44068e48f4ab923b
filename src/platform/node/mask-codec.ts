import { FormatError } from "../../core/errors.ts";
import type { Size } from "../../core/view.ts";
import { readFileMetadata } from "./image-codec.ts";
import { loadSharp } from "./load-sharp.ts";

/** A decoded mask: which pixels of its photo may be used, `[height, width]`, 0 or 1. */
export interface DecodedMask extends Size {
  readonly data: Uint8Array;
}

/** Formats that blur black a little. */
const LOSSY: readonly (string | undefined)[] = ["jpeg", "webp", "heif"];

/** Below it a pixel is transparent rather than not. */
const HALF = 2 ** 15;

/**
 * The mask of a photo of `size`, upright: 1 where any channel is not black (masks of 0 and 1, and colors that stand for classes,
 * too) and the picture is not transparent; in a picture all black, where it is not transparent. Throws an `InputError` or
 * `FormatError` that names the file, for a mask of another size before it is decoded.
 */
export async function decodeMask(path: string, size: Size): Promise<DecodedMask> {
  const { width, height, format } = await readFileMetadata(path);
  if (width !== size.width || height !== size.height) {
    throw new FormatError(path, `found ${width}x${height} pixels; its photo has ${size.width}x${size.height}`);
  }
  const sharp = await loadSharp();
  const picture = sharp(path, { failOn: "warning", ignoreIcc: true, limitInputPixels: false }).autoOrient();
  // In 16 bits, of which deep masks use the lowest.
  const decoded = picture.toColourspace("rgb16").ensureAlpha().raw({ depth: "ushort" });
  const bytes = await decoded.toBuffer().catch((cause: Error) => {
    throw new FormatError(path, `is damaged or truncated: ${cause.message}`, { cause });
  });
  const pixels = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  const brightest = (i: number) => Math.max(pixels[4 * i]!, pixels[4 * i + 1]!, pixels[4 * i + 2]!);
  const least = LOSSY.includes(format) ? HALF : 1;
  const colored = Uint8Array.from({ length: width * height }, (_, i) => Number(brightest(i) >= least));
  const opaque = colored.map((_, i) => Number(pixels[4 * i + 3]! >= HALF));
  const isBlack = !colored.includes(1) && opaque.includes(0);
  return { width, height, data: isBlack ? opaque : colored.map((value, i) => value & opaque[i]!) };
}

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Metadata } from "sharp";
import { InputError } from "../../core/errors.ts";
import { decodeImage, encodeJpeg } from "./image-codec.ts";

/** Hardly any loss that a program training on the photos would see. */
const JPEG_QUALITY = 95;

/** Which copy of a photo is wanted. */
export interface UprightPhotoOptions {
  readonly format: "jpeg" | "png";
  /** Of the file as it was read before, in hex: one that has changed since is refused. */
  readonly sha256?: string | undefined;
}

/**
 * The bytes of a photo as programs read it that know no EXIF orientation, no HEIC, and nothing but 8-bit RGB: the file as it
 * is where it has the format and is all that, else encoded anew at full size. Throws an `InputError` or `FormatError` that
 * names the file.
 */
export async function uprightPhoto(path: string, { format, sha256 }: UprightPhotoOptions): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: Error) => {
    throw new InputError(`${path}: cannot be read any more: ${cause.message}; put it back and run again`, { cause });
  });
  if (sha256 !== undefined && createHash("sha256").update(bytes).digest("hex") !== sha256)
    throw new InputError(`${path} was changed after it had been read; run again`);
  const { default: sharp } = await import("sharp");
  const metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (metadata.format === format && isPlain(metadata)) return bytes;
  const photo = await decodeImage(path);
  if (format === "jpeg") return await encodeJpeg(photo, JPEG_QUALITY);
  const { width, height, rgb } = photo;
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 3 })
    .toBuffer();
}

/** Upright 8-bit RGB: neither grey, CMYK, 16-bit nor with a palette or alpha. */
function isPlain({ orientation = 1, space, channels, depth, isPalette }: Metadata): boolean {
  return orientation === 1 && space === "srgb" && channels === 3 && depth === "uchar" && !isPalette;
}

import type { Metadata } from "sharp";
import { InputError } from "../../core/errors.ts";
import { nameOfPicture, type Picture } from "../../core/picture.ts";
import { sha256 as sha256Of } from "../../core/sha256.ts";
import type { UprightPhotoOptions } from "../upright-photo.ts";
import { readBytes } from "./files.ts";
import { decodeImage, encodeJpeg, readMetadata } from "./image-codec.ts";
import { loadSharp } from "./load-sharp.ts";

/** Hardly any loss that a program training on the photos would see. */
const JPEG_QUALITY = 95;

/**
 * The bytes of a photo as programs read it that know no EXIF orientation, no HEIC, and nothing but 8-bit RGB: the file as it
 * is where it has the format and is all that, else, or after a change of its pixels, encoded anew at full size. Throws an
 * `InputError` or `FormatError` that names the file, also where it has changed since it was read.
 */
export async function uprightPhoto(
  picture: Picture,
  { format, sha256, change }: UprightPhotoOptions,
): Promise<Uint8Array> {
  const name = nameOfPicture(picture);
  const bytes = typeof picture === "string" ? await readBytes(picture) : picture.bytes;
  if (sha256 !== undefined && (await sha256Of(bytes as Uint8Array<ArrayBuffer>)) !== sha256) {
    throw new InputError(`${name}: was changed while the program ran; run again, and leave the photos as they are`);
  }
  await readMetadata(bytes, name, bytes.length);
  const sharp = await loadSharp();
  const metadata = await sharp(bytes, { limitInputPixels: false }).metadata();
  if (change === undefined && metadata.format === format && isPlain(metadata)) return bytes;
  const decoded = await decodeImage({ name, bytes });
  const photo = change === undefined ? decoded : change(decoded);
  if (format === "jpeg") return await encodeJpeg(photo, JPEG_QUALITY);
  const { width, height, rgb } = photo;
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 3 })
    .toBuffer();
}

/** Upright 8-bit RGB: neither gray, CMYK, 16-bit nor with a palette or alpha. */
function isPlain({ orientation = 1, space, channels, depth, isPalette }: Metadata): boolean {
  return orientation === 1 && space === "srgb" && channels === 3 && depth === "uchar" && !isPalette;
}

import { readFile } from "node:fs/promises";
import type { Picture } from "../../core/picture.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import { decodeImage, encodeJpeg } from "./image-codec.ts";

/** Hardly any loss that a program training on the photos would see. */
const JPEG_QUALITY = 95;

/**
 * The bytes of a photo as programs read it that know no EXIF orientation, let alone HEIC: the file as it is where it has
 * the format and is upright, else, or after a `change` of its pixels, encoded anew at full size. Throws an `InputError` or `FormatError` that names the file.
 */
export async function uprightPhoto(
  picture: Picture,
  format: "jpeg" | "png",
  change?: (photo: RgbImage) => RgbImage,
): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const source = typeof picture === "string" ? picture : picture.bytes;
  const { format: found, orientation = 1 } = await sharp(source, { limitInputPixels: false }).metadata();
  if (change === undefined && found === format && orientation === 1)
    return typeof source === "string" ? await readFile(source) : source;
  const decoded = await decodeImage(picture);
  const photo = change === undefined ? decoded : change(decoded);
  if (format === "jpeg") return await encodeJpeg(photo, JPEG_QUALITY);
  const { width, height, rgb } = photo;
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

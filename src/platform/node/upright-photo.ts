import { InputError } from "../../core/errors.ts";
import { sha256 } from "../../core/sha256.ts";
import { readBytes } from "./files.ts";
import { decodePhotoBytes, encodeJpeg, readMetadata } from "./image-codec.ts";

/** Hardly any loss that a program training on the photos would see. */
const JPEG_QUALITY = 95;

/**
 * The bytes of a photo as programs read it that know no EXIF orientation, let alone HEIC: the file as it is where it has
 * the format and is upright, else encoded anew at full size. Throws an `InputError` or `FormatError` that names the file,
 * also where its bytes have not the SHA-256 `expected`, that of the file that was reconstructed.
 */
export async function uprightPhoto(path: string, format: "jpeg" | "png", expected?: string): Promise<Uint8Array> {
  const bytes = await readBytes(path);
  if (expected !== undefined && (await sha256(bytes)) !== expected) {
    throw new InputError(`${path}: was changed while the program ran; run again, and leave the photos as they are`);
  }
  const { format: found, orientation } = await readMetadata(bytes, path, bytes.length);
  if (found === format && orientation === 1) return bytes;
  const photo = await decodePhotoBytes(bytes, path);
  if (format === "jpeg") return await encodeJpeg(photo, JPEG_QUALITY);
  const { width, height, rgb } = photo;
  const { default: sharp } = await import("sharp");
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

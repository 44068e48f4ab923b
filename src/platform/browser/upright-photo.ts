import { InputError } from "../../core/errors.ts";
import { nameOfPicture, type Picture } from "../../core/picture.ts";
import { sha256 as sha256Of } from "../../core/sha256.ts";
import type { UprightPhotoOptions } from "../upright-photo.ts";
import { canvasOf, encodeCanvas } from "./canvas-pixels.ts";
import { photoExif } from "./exif-block.ts";
import { decodeImage } from "./image-codec.ts";
import { bytesOfPicture } from "./picture-bytes.ts";
import { readPictureHeader } from "./picture-header.ts";

/** Hardly any loss that a program training on the photos would see. */
const JPEG_QUALITY = 0.95;

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
  const bytes = await bytesOfPicture(picture);
  if (sha256 !== undefined && (await sha256Of(bytes)) !== sha256) {
    throw new InputError(`${name}: was changed since it was read; reconstruct again, and leave the photos as they are`);
  }
  const header = readPictureHeader(bytes, name);
  const { orientation } = await photoExif(bytes, header.format);
  const isAsWanted = header.format === format && header.isPlain && orientation === undefined;
  if (change === undefined && isAsWanted) return bytes;
  const decoded = await decodeImage({ name, bytes });
  return await encodeCanvas(canvasOf(change === undefined ? decoded : change(decoded)), format, JPEG_QUALITY);
}

import { decode as decodePng } from "fast-png";
import { FormatError } from "../../core/errors.ts";
import { nameOfPicture, type Picture } from "../../core/picture.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import type { Size } from "../../core/size.ts";
import { decodedSize } from "../photo-limits.ts";
import { type DecodedPhoto, photoOfPixels } from "../photo-pixels.ts";
import { canvasOf, encodeCanvas, pixelsOfBitmap } from "./canvas-pixels.ts";
import { type PhotoExif, photoExif } from "./exif-block.ts";
import { bytesOfPicture } from "./picture-bytes.ts";
import { readPictureHeader, requireBearable } from "./picture-header.ts";

/** Metadata of a photo. */
export interface ImageHeader extends Size, PhotoExif {}

/** How much of a photo is wanted. */
export interface DecodeOptions {
  /**
   * The caller will reduce the photo to this size (upright): one above 32 megapixels is then reduced by a whole factor, to no
   * less than 4 times that size.
   */
  readonly reducedTo?: Size;
}

/** Only decoding tells the size of most formats; what it gave is kept for the one call that follows. */
const decoded = new WeakMap<object, Promise<ImageBitmap>>();

/** Size (after the EXIF orientation) and EXIF of a photo; throws an `InputError` or `FormatError` that names the file. */
export async function readImageHeader(picture: Picture): Promise<ImageHeader> {
  const name = nameOfPicture(picture);
  const bytes = await bytesOfPicture(picture);
  const { format, stored } = readPictureHeader(bytes, name);
  const { exif, orientation } = await photoExif(bytes, format);
  if (stored !== undefined) {
    const { width, height } = (orientation ?? 1) > 4 ? { width: stored.height, height: stored.width } : stored;
    return { width, height, exif, orientation };
  }
  const bitmap = decodeBytes(bytes, name, format);
  if (typeof picture !== "string") decoded.set(picture, bitmap);
  const { width, height } = await bitmap;
  return { width, height, exif, orientation };
}

/**
 * The pixels of a photo, upright. Color profiles are ignored, as in the data the network was trained on. Throws an `InputError`
 * or `FormatError` that names the file.
 */
export async function decodeImage(picture: Picture, { reducedTo }: DecodeOptions = {}): Promise<DecodedPhoto> {
  const name = nameOfPicture(picture);
  const bytes = await bytesOfPicture(picture);
  const { format, isExactPng } = readPictureHeader(bytes, name);
  if (isExactPng && (await photoExif(bytes, format)).orientation === undefined) return exactPng(bytes, name);
  const known = typeof picture === "string" ? undefined : decoded.get(picture);
  if (typeof picture !== "string") decoded.delete(picture);
  const bitmap = await (known ?? decodeBytes(bytes, name, format));
  try {
    return pixelsOfBitmap(bitmap, decodedSize(bitmap, reducedTo));
  } finally {
    bitmap.close();
  }
}

/** JPEG bytes of a picture; `quality` from 1 to 100. */
export async function encodeJpeg(image: RgbImage, quality = 90): Promise<Uint8Array> {
  return await encodeCanvas(canvasOf(image), "jpeg", quality / 100);
}

async function decodeBytes(bytes: Uint8Array<ArrayBuffer>, name: string, format: string): Promise<ImageBitmap> {
  const bitmap = await createImageBitmap(new Blob([bytes]), {
    imageOrientation: "from-image",
    premultiplyAlpha: "none",
    colorSpaceConversion: "none",
  }).catch(async (cause: Error) => {
    const heic = format === "heif" ? await decodeHeic(bytes) : undefined;
    if (heic !== undefined) return heic;
    const remedy = format === "tiff" || format === "heif" ? "; this browser may lack the format: save it as JPEG" : "";
    throw new FormatError(name, `is damaged or truncated: ${cause.message}${remedy}`, { cause });
  });
  requireBearable(bitmap, { name });
  return bitmap;
}

/** By a decoder in WebAssembly; undefined where that cannot either. */
async function decodeHeic(bytes: Uint8Array): Promise<ImageBitmap | undefined> {
  const { default: decode } = await import("heic-decode");
  const photo = await decode({ buffer: bytes }).catch(() => undefined);
  if (photo === undefined) return undefined;
  const pixels = new ImageData(new Uint8ClampedArray(photo.data), photo.width, photo.height);
  return await createImageBitmap(pixels, { premultiplyAlpha: "none", colorSpaceConversion: "none" });
}

/** Colors under what is transparent, and more than 8 bits, do not survive a canvas. */
function exactPng(bytes: Uint8Array, name: string): DecodedPhoto {
  try {
    const { width, height, data, channels } = decodePng(bytes, { checkCrc: true });
    return photoOfPixels({ width, height, values: data as Uint8Array | Uint16Array, channels });
  } catch (cause) {
    throw new FormatError(name, `is damaged or truncated: ${(cause as Error).message}`, { cause });
  }
}

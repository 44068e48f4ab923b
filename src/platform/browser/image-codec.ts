import { decode as decodePng } from "fast-png";
import { FormatError } from "../../core/errors.ts";
import { nameOfPicture, type Picture } from "../../core/picture.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import type { DecodeOptions, ImageHeader, OpenPhoto } from "../open-photo.ts";
import { decodedSize } from "../photo-limits.ts";
import { type DecodedPhoto, photoOfPixels } from "../photo-pixels.ts";
import { canvasOf, encodeCanvas, pixelsOfBitmap } from "./canvas-pixels.ts";
import { photoExif } from "./exif-block.ts";
import { bytesOfPicture } from "./picture-bytes.ts";
import { readPictureHeader, requireBearable } from "./picture-header.ts";

/** Opens a photo by its metadata; throws an `InputError` or `FormatError` that names the file. */
export async function openPhoto(picture: Picture): Promise<OpenPhoto> {
  const name = nameOfPicture(picture);
  const bytes = await bytesOfPicture(picture);
  const { format, stored, isExactPng } = readPictureHeader(bytes, name);
  const { exif, orientation } = await photoExif(bytes, format);
  // Only decoding tells the size of most formats.
  const decoded = stored === undefined ? await decodeBytes(bytes, name, format) : undefined;
  const turned = (orientation ?? 1) > 4 && stored ? { width: stored.height, height: stored.width } : stored;
  const { width, height } = (decoded ?? turned)!;
  return {
    width,
    height,
    exif,
    orientation,
    async decode({ reducedTo } = {}) {
      if (isExactPng && orientation === undefined) return exactPng(bytes, name);
      const bitmap = decoded ?? (await decodeBytes(bytes, name, format));
      try {
        return pixelsOfBitmap(bitmap, decodedSize(bitmap, reducedTo));
      } finally {
        bitmap.close();
      }
    },
  };
}

/** Size (after the EXIF orientation) and EXIF of a photo; throws an `InputError` or `FormatError` that names the file. */
export async function readImageHeader(picture: Picture): Promise<ImageHeader> {
  const { width, height, exif, orientation } = await openPhoto(picture);
  return { width, height, exif, orientation };
}

/**
 * The pixels of a photo, upright. Color profiles are ignored, as in the data the network was trained on. Throws an `InputError`
 * or `FormatError` that names the file.
 */
export async function decodeImage(picture: Picture, options: DecodeOptions = {}): Promise<DecodedPhoto> {
  return await (await openPhoto(picture)).decode(options);
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

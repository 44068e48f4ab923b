import type { Size } from "../core/size.ts";

/** Photos above this are refused before anything is decoded: a small file can claim any size. */
export const MAX_PIXELS = 250e6;

/** Those that are stored in several passes over the whole are in memory with all of them. */
export const MAX_PIXELS_IN_PASSES = 64e6;

/** Up to here a photo is decoded whole (96 MB); above, the decoder may reduce it while it streams. */
export const MAX_PIXELS_DECODED_WHOLE = 32e6;

/** A reduced decode keeps this many times the pixels asked for along each side. */
const REDUCED_OVERSAMPLING = 4;

/** The size at which a photo is decoded that the caller will reduce: by a whole factor, and only above 32 megapixels. */
export function decodedSize({ width, height }: Size, reducedTo: Size | undefined): Size {
  if (reducedTo === undefined || width * height <= MAX_PIXELS_DECODED_WHOLE) return { width, height };
  const spare = Math.min(width / reducedTo.width, height / reducedTo.height) / REDUCED_OVERSAMPLING;
  const factor = Math.max(1, Math.floor(spare));
  return { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
}

import type { Size } from "../core/size.ts";
import type { DecodedPhoto } from "./photo-pixels.ts";

/** Metadata of a photo, read before its pixels are decoded; the size is after the EXIF orientation. */
export interface ImageHeader extends Size {
  /** What an EXIF reader finds EXIF data in; undefined where the photo carries none. */
  readonly exif: Uint8Array | undefined;
  /** As EXIF numbers it, 1 to 8; undefined where the photo is stored upright. */
  readonly orientation: number | undefined;
}

/** How much of a photo is wanted. */
export interface DecodeOptions {
  /**
   * The caller will reduce the photo to this size (upright): one above 32 megapixels is then given reduced by a whole
   * factor, to no less than 4 times that size.
   */
  readonly reducedTo?: Size;
}

/** A photo whose metadata are read and whose pixels are still to be decoded, once. */
export interface OpenPhoto extends ImageHeader {
  /** The pixels, upright; throws an `InputError` or `FormatError` that names the file. */
  decode(options?: DecodeOptions): Promise<DecodedPhoto>;
}

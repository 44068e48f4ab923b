import type { Straightening } from "./lens.ts";
import type { RgbImage } from "./rgb-image.ts";
import type { Size } from "./size.ts";

export type { Size } from "./size.ts";

/**
 * The mapping from network pixels to the pixels of the original photo (after its EXIF orientation), per axis:
 * `original = scale * network + offset`. Pixel centers are at integers in both.
 */
export interface PixelMapping {
  readonly scaleX: number;
  readonly scaleY: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** One photo, resized and cropped for the network, with the mapping to its original pixels. Where no picture came along, `rgb` is empty. */
export interface View extends RgbImage {
  /** The photo's file name, unique among the views of a run. */
  readonly name: string;
  /** Its path as it was given, by whose folders files may name it; undefined where the photo came without. */
  readonly path?: string | undefined;
  /** Size of the photo after its EXIF orientation. */
  readonly original: Size;
  readonly originalFromNetwork: PixelMapping;
  /** Undefined where the photo was not undistorted; else "original" is the undistorted photo. */
  readonly straightening?: Straightening | undefined;
  /** What the photo has in its transparent parts is not to be used: `[height, width]`, 0 there; undefined where there are none. */
  readonly mask?: Uint8Array | undefined;
  /** The EXIF orientation, 1 to 8, that made the photo upright; undefined where there was none. */
  readonly exifOrientation?: number | undefined;
  /** Focal length in pixels of the original photo, from its EXIF data; undefined where they hold none. */
  readonly exifFocal?: number | undefined;
  /** Camera and lens as its EXIF data name them; undefined where they do not. */
  readonly exifCamera?: string | undefined;
  /** When it was taken by the camera's clock, in milliseconds: only differences mean something. Undefined where EXIF data say nothing. */
  readonly takenAt?: number | undefined;
  /** Hex SHA-256 of the file and of how it was prepared: equal hashes mean equal `rgb`. */
  readonly hash: string;
  /** Hex SHA-256 of the photo's file alone, to know it again; undefined where there is none. */
  readonly photoHash?: string | undefined;
}

/** Indices into a list of views; the first is view 1, the frame of reference. */
export interface ViewPair {
  readonly view1: number;
  readonly view2: number;
}

import type { RgbImage } from "../core/rgb-image.ts";

/** A part of an upright photo, in its pixels; edges may lie between pixels. */
export interface TextureRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** How a texture is made. */
export interface TextureOptions {
  /** Reduced to so many pixels along its long side, where it has more. */
  readonly longSide: number;
  /** What is to be done to the photo's pixels before: straightening. */
  readonly change?: ((photo: RgbImage) => RgbImage) | undefined;
}

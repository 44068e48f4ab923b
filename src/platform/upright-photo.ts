import type { RgbImage } from "../core/rgb-image.ts";

/** Which copy of a photo is wanted. */
export interface UprightPhotoOptions {
  readonly format: "jpeg" | "png";
  /** Of the file as it was read before, in hex: one that has changed since is refused. */
  readonly sha256?: string | undefined;
  /** What is to be done to its pixels: straightening. */
  readonly change?: ((photo: RgbImage) => RgbImage) | undefined;
}

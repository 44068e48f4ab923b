import type { Picture } from "../../core/picture.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import { canvasContext, canvasOf, encodeCanvas } from "./canvas-pixels.ts";
import { decodeImage } from "./image-codec.ts";

/** A part of an upright photo, in its pixels; edges may lie between pixels. */
export interface TextureRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const JPEG_QUALITY = 0.85;

/** How a texture is made. */
export interface TextureOptions {
  /** Reduced to so many pixels along its long side, where it has more. */
  readonly longSide: number;
  /** What is to be done to the photo's pixels before: straightening. */
  readonly change?: ((photo: RgbImage) => RgbImage) | undefined;
}

/** A part of a photo as JPEG bytes, upright. */
export async function photoTexture(
  picture: Picture,
  region: TextureRegion,
  { longSide, change = (photo) => photo }: TextureOptions,
): Promise<Uint8Array> {
  const photo = change(await decodeImage(picture));
  const left = Math.max(0, Math.round(region.left));
  const top = Math.max(0, Math.round(region.top));
  const width = Math.min(photo.width, Math.round(region.left + region.width)) - left;
  const height = Math.min(photo.height, Math.round(region.top + region.height)) - top;
  const factor = Math.min(1, longSide / Math.max(width, height));
  const size = { width: Math.round(factor * width), height: Math.round(factor * height) };
  const context = canvasContext(size);
  context.drawImage(canvasOf(photo), left, top, width, height, 0, 0, size.width, size.height);
  return await encodeCanvas(context.canvas, "jpeg", JPEG_QUALITY);
}

import type { Picture } from "../../core/picture.ts";
import type { RgbImage } from "../../core/rgb-image.ts";
import { decodeImage } from "./image-codec.ts";
import { loadSharp } from "./load-sharp.ts";

/** A part of an upright photo, in its pixels; edges may lie between pixels. */
export interface TextureRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const JPEG_QUALITY = 85;

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
  const sharp = await loadSharp();
  const { width, height, rgb } = change(await decodeImage(picture));
  const left = Math.max(0, Math.round(region.left));
  const top = Math.max(0, Math.round(region.top));
  const part = {
    left,
    top,
    width: Math.min(width, Math.round(region.left + region.width)) - left,
    height: Math.min(height, Math.round(region.top + region.height)) - top,
  };
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .extract(part)
    .resize({ width: longSide, height: longSide, fit: "inside", withoutEnlargement: true })
    .jpeg({ quality: JPEG_QUALITY })
    .toBuffer();
}

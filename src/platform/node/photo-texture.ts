import type { Picture } from "../../core/picture.ts";
import type { TextureOptions, TextureRegion } from "../photo-texture.ts";
import { decodeImage } from "./image-codec.ts";
import { loadSharp } from "./load-sharp.ts";

const JPEG_QUALITY = 85;

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

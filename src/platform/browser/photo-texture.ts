import type { Picture } from "../../core/picture.ts";
import type { TextureOptions, TextureRegion } from "../photo-texture.ts";
import { canvasContext, canvasOf, encodeCanvas } from "./canvas-pixels.ts";
import { decodeImage } from "./image-codec.ts";

const JPEG_QUALITY = 0.85;

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

import { decodeImage } from "./image-codec.ts";

/** A part of an upright photo, in its pixels; edges may lie between pixels. */
export interface TextureRegion {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const JPEG_QUALITY = 85;

/** A part of a photo as JPEG bytes, upright, reduced to `longSide` pixels where it has more. */
export async function photoTexture(path: string, region: TextureRegion, longSide: number): Promise<Uint8Array> {
  const { default: sharp } = await import("sharp");
  const { width, height, rgb } = await decodeImage(path);
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

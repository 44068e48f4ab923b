import { hasPicture, type RgbImage } from "../core/rgb-image.ts";
import type { View } from "../core/view.ts";

/** Turns an image into the bytes of a JPEG file, `quality` from 1 to 100. Only the platform has such a codec. */
export type EncodeJpeg = (image: RgbImage, quality: number) => Promise<Uint8Array>;

const GRAY = 128;

/** What a view shows; all gray where no picture came along. */
export function viewPixels(view: View): RgbImage {
  const { width, height, rgb } = view;
  return { width, height, rgb: hasPicture(view) ? rgb : new Uint8Array(3 * width * height).fill(GRAY) };
}

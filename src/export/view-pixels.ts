import type { RgbImage } from "../core/rgb-image.ts";
import type { View } from "../core/view.ts";

/** Turns an image into the bytes of a JPEG file, `quality` from 1 to 100. Only the platform has such a codec. */
export type EncodeJpeg = (image: RgbImage, quality: number) => Promise<Uint8Array>;

/** The network's input as an ordinary image. */
export function viewPixels({ width, height, image }: View): RgbImage {
  const plane = width * height;
  const rgb = new Uint8Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < plane; i++) rgb[3 * i + channel] = Math.round((image[channel * plane + i]! + 1) * 127.5);
  }
  return { width, height, rgb };
}

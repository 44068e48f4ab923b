import { decodeImage } from "#platform";
import { FormatError } from "../../core/errors.ts";
import type { DepthImage } from "./checked-view.ts";

/** From here on, of 255, a mask says that a pixel shows the object. */
const LEAST = 0.1 * 255;

/** Depth without what the object's mask leaves out. */
export async function hideBackground(image: DepthImage, maskPath: string): Promise<DepthImage> {
  const { width, height, rgb } = await decodeImage(maskPath);
  if (width !== image.width || height !== image.height) {
    const found = `${width}x${height} pixels; its depth has ${image.width}x${image.height}`;
    throw new FormatError(maskPath, found);
  }
  return { ...image, depth: image.depth.map((z, i) => (rgb[3 * i]! > LEAST ? z : 0)) };
}

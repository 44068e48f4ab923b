import type { DepthImage } from "./checked-view.ts";
import { readMask } from "./read-mask.ts";

/** From here on, of 255, a mask says that a pixel shows the object. */
const LEAST = 0.1 * 255;

/** Depth without what the object's mask leaves out. */
export async function hideBackground(image: DepthImage, maskPath: string): Promise<DepthImage> {
  const mask = await readMask(maskPath, image);
  return { ...image, depth: image.depth.map((z, i) => (mask[i]! > LEAST ? z : 0)) };
}

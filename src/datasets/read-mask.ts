import { decodeImage } from "#platform";
import type { Size } from "../core/view.ts";

/** A gray picture `[height, width]`, 0 to 255, that says which pixels of a photo count; it has the photo's size. */
export async function readMask(path: string, photo: Size): Promise<Float32Array> {
  const { width, height, rgb } = await decodeImage(path, { maskOf: photo });
  return Float32Array.from({ length: width * height }, (_, i) => rgb[3 * i]!);
}

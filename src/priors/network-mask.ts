import { InputError } from "../core/errors.ts";
import type { Size, View } from "../core/view.ts";

/** Which pixels of a photo may be used. */
export interface PhotoMask extends Size {
  /** `[height, width]`, at the size of the original photo: 0 where a pixel is not to be used. */
  readonly data: Uint8Array;
}

/** A photo's mask at the pixels of its view, `[height, width]`, 1 where they may be used. */
export function networkMask(mask: PhotoMask, { name, width, height, original, originalFromNetwork }: View): Uint8Array {
  if (mask.width !== original.width || mask.height !== original.height) {
    throw new InputError(
      `the mask of ${name} is ${mask.width}x${mask.height}, the photo ${original.width}x${original.height}`,
    );
  }
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const result = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const row = clamp(Math.round(scaleY * y + offsetY), mask.height - 1) * mask.width;
    for (let x = 0; x < width; x++, i++) {
      result[i] = mask.data[row + clamp(Math.round(scaleX * x + offsetX), mask.width - 1)] === 0 ? 0 : 1;
    }
  }
  return result;
}

function clamp(value: number, largest: number): number {
  return Math.min(Math.max(value, 0), largest);
}

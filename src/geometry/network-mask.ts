import type { Size, View } from "../core/view.ts";
import { lensPixel } from "./lens.ts";

/** Which pixels of a photo may be used. */
export interface PhotoMask extends Size {
  /** `[height, width]`, of the original photo as its file has it, or a reduced copy: 0 where a pixel is not to be used. */
  readonly data: Uint8Array;
}

/** What a mask needs to know of its view. */
export type MaskedView = Pick<View, "width" | "height" | "original" | "originalFromNetwork" | "straightening">;

/** A photo's mask at the pixels of its view, `[height, width]`, 1 where they may be used. */
export function networkMask(mask: PhotoMask, view: MaskedView): Uint8Array {
  const { width, height, original, straightening } = view;
  const { scaleX, scaleY, offsetX, offsetY } = view.originalFromNetwork;
  const result = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const [u, v] = [scaleX * x + offsetX, scaleY * y + offsetY];
      const [left, top] = straightening ? lensPixel(straightening.lens, straightening.pinhole, u, v) : [u, v];
      const column = clamp(Math.round(((left + 0.5) * mask.width) / original.width - 0.5), mask.width - 1);
      const row = clamp(Math.round(((top + 0.5) * mask.height) / original.height - 0.5), mask.height - 1);
      result[i] = mask.data[row * mask.width + column] === 0 ? 0 : 1;
    }
  }
  return result;
}

function clamp(value: number, largest: number): number {
  return Math.min(Math.max(value, 0), largest);
}

import type { Size } from "../core/size.ts";
import type { PixelMapping } from "../core/view.ts";
import { type Features, selectFeatures } from "./features.ts";

/** Which pixels of a photo may be used. */
export interface FeatureMask extends Size {
  /** `[height, width]`, 0 where a pixel is not to be used; beyond its edges a photo is as there. */
  readonly data: Uint8Array;
  /** From the mask's pixels to the photo's. */
  readonly originalFromMask: PixelMapping;
}

/** The features at pixels that may be used. */
export function maskedFeatures(features: Features, { width, height, data, originalFromMask }: FeatureMask): Features {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromMask;
  const nearest = (value: number, size: number) => Math.max(0, Math.min(size - 1, Math.round(value)));
  return selectFeatures(features, (i) => {
    const column = nearest((features.positions[2 * i]! - offsetX) / scaleX, width);
    const row = nearest((features.positions[2 * i + 1]! - offsetY) / scaleY, height);
    return data[row * width + column] !== 0;
  });
}

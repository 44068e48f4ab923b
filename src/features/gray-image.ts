import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/size.ts";

/** A picture's brightness, `[height, width]`, 0 to 1. */
export interface GrayImage extends Size {
  readonly values: Float32Array;
}

/** The luma of a picture, with the weights of Rec. 709. */
export function grayOf({ width, height, rgb }: RgbImage): GrayImage {
  const values = new Float32Array(width * height);
  for (let i = 0, at = 0; i < values.length; i++, at += 3) {
    values[i] = (0.2126 * rgb[at]! + 0.7152 * rgb[at + 1]! + 0.0722 * rgb[at + 2]!) / 255;
  }
  return { width, height, values };
}

/** A picture with a pixel between every two, by linear interpolation: its pixel x lies at x/2 of the other. */
export function doubled({ width, height, values }: GrayImage): GrayImage {
  const size = { width: 2 * width - 1, height: 2 * height - 1 };
  const result = new Float32Array(size.width * size.height);
  for (let y = 0, from = 0; y < height; y++, from++) {
    const row = 2 * y * size.width;
    let at = row;
    let value = values[from]!;
    result[at++] = value;
    for (const end = row + size.width; at < end; at += 2) {
      const next = values[++from]!;
      result[at] = (value + next) / 2;
      result[at + 1] = next;
      value = next;
    }
    // The row between this one and the one before.
    if (y > 0)
      for (let k = row - size.width; k < row; k++) result[k] = (result[k - size.width]! + result[k + size.width]!) / 2;
  }
  return { ...size, values: result };
}

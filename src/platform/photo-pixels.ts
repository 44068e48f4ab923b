import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/size.ts";

/** A photo, and how opaque it is. */
export interface DecodedPhoto extends RgbImage {
  /** `[height, width]`, 0 to 255; undefined for a photo that is opaque everywhere. */
  readonly alpha?: Uint8Array | undefined;
}

/** Pixels as decoders give them: `[height, width, channels]`, gray or RGB, with alpha last where channels are 2 or 4. */
export interface DecodedPixels extends Size {
  readonly values: Uint8Array | Uint8ClampedArray | Uint16Array;
  readonly channels: number;
}

/** The photo of decoded pixels; of 10, 12 and 16 bits, the upper 8. */
export function photoOfPixels({ width, height, values, channels }: DecodedPixels): DecodedPhoto {
  const isDeep = values instanceof Uint16Array;
  const colors = channels < 3 ? 1 : 3;
  const rgb = new Uint8Array(3 * width * height);
  const alpha = new Uint8Array(channels > colors ? width * height : 0);
  const shift = isDeep ? bitsOf(values, { channels, colors }) - 8 : 0;
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < 3; k++) rgb[3 * i + k] = values[channels * i + (k % colors)]! >> shift;
    if (channels > colors) alpha[i] = values[channels * i + colors]! >> (isDeep ? 8 : 0);
  }
  return { width, height, rgb, alpha: alpha.every((value) => value === 255) ? undefined : alpha };
}

/** How many of 16 bits the colors use: cameras of 10 and 12 bits leave the upper ones empty. */
function bitsOf(
  values: Uint16Array,
  { channels, colors }: { readonly channels: number; readonly colors: number },
): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) if (i % channels < colors) most = Math.max(most, values[i]!);
  return most < 2 ** 10 ? 10 : most < 2 ** 12 ? 12 : 16;
}

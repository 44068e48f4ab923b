import type { Size } from "./size.ts";

/** A picture in memory: 8-bit RGB, `[height, width, 3]`, upright. */
export interface RgbImage extends Size {
  readonly rgb: Uint8Array;
}

/** False for a view whose picture did not come along. */
export function hasPicture({ rgb }: Pick<RgbImage, "rgb">): boolean {
  return rgb.length > 0;
}

import type { Size } from "./size.ts";

/** A picture in memory: 8-bit RGB, `[height, width, 3]`, upright. */
export interface RgbImage extends Size {
  readonly rgb: Uint8Array;
}

import type { Size } from "./view.ts";

/** A picture in memory: 8-bit RGB, `[height, width, 3]`, upright. */
export interface RgbImage extends Size {
  readonly rgb: Uint8Array;
}

import type { Size } from "../core/size.ts";

/** Elements of a descriptor. */
export const DESCRIPTOR_LENGTH = 128;

/** Local features of one photo, the coarsest first. Its size, and all that is in pixels, is of the original photo. */
export interface Features extends Size {
  readonly count: number;
  /** `[count, 2]`: x and y. */
  readonly positions: Float32Array;
  /** `[count]`: the standard deviation of the Gaussian at which a feature stands out, in pixels. */
  readonly scales: Float32Array;
  /** `[count]`: direction of the dominant gradient, in radians from the x axis towards the y axis, 0 to 2π. */
  readonly angles: Float32Array;
  /** `[count, 128]`: RootSIFT, of length about 512. */
  readonly descriptors: Uint8Array;
}

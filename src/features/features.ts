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

/** The features that are to be kept. */
export function selectFeatures(features: Features, isKept: (index: number) => boolean): Features {
  const { width, height, positions, scales, angles, descriptors } = features;
  const kept = Array.from(scales.keys()).filter(isKept);
  const count = kept.length;
  const result = {
    positions: new Float32Array(2 * count),
    scales: Float32Array.from(kept, (i) => scales[i]!),
    angles: Float32Array.from(kept, (i) => angles[i]!),
    descriptors: new Uint8Array(DESCRIPTOR_LENGTH * count),
  };
  for (const [to, from] of kept.entries()) {
    result.positions.set(positions.subarray(2 * from, 2 * from + 2), 2 * to);
    const start = DESCRIPTOR_LENGTH * from;
    result.descriptors.set(descriptors.subarray(start, start + DESCRIPTOR_LENGTH), DESCRIPTOR_LENGTH * to);
  }
  return { width, height, count, ...result };
}

/** Pinhole intrinsics in pixels, no skew; pixel centers are at integers, (0, 0) is the center of the top-left pixel. */
export interface Intrinsics {
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
}

/** A rigid 4×4 transform, row-major, 16 numbers. Variables of this type are always named `aFromB`. */
export type Pose = Float64Array;

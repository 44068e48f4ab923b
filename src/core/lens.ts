import type { Intrinsics } from "./camera.ts";
import type { Size } from "./size.ts";

/**
 * How a lens bends the rays of a pinhole camera: OpenCV's models. `radial` has k1 to k6 (k4 to k6 in the denominator) and the
 * tangential p1 and p2; `fisheye` is the polynomial k1 to k4 in the angle between ray and axis.
 */
export type Distortion =
  | { readonly model: "radial"; readonly k: readonly number[]; readonly p: readonly [p1: number, p2: number] }
  | { readonly model: "fisheye"; readonly k: readonly number[] };

/** A camera that may bend straight lines. */
export interface Lens extends Size {
  readonly intrinsics: Intrinsics;
  /** Undefined for a pinhole camera. */
  readonly distortion?: Distortion | undefined;
}

/** The lens of a photo with distortion, and the pinhole camera of the same size that the photo is undistorted to. */
export interface Straightening {
  readonly lens: Lens;
  readonly pinhole: Intrinsics;
}

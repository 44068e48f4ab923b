import type { ImagePlane } from "./image-plane.ts";
import type { ViewPair } from "./view.ts";

/**
 * The network's prediction for one ordered pair (equation 2 of the paper): two pointmaps, **both in the camera frame of
 * view 1** (OpenCV axes), with one common unknown scale, and a confidence per pixel.
 */
export interface PairPrediction extends ViewPair {
  /** View 1 at network resolution. */
  readonly size1: ImagePlane;
  /** View 2 at network resolution. */
  readonly size2: ImagePlane;
  /** `[height1, width1, 3]`, pixels of view 1. */
  readonly pointmap1: Float32Array;
  /** `[height1, width1]`, at least 1. */
  readonly confidence1: Float32Array;
  /** `[height2, width2, 3]`, pixels of view 2. */
  readonly pointmap2: Float32Array;
  /** `[height2, width2]`, at least 1. */
  readonly confidence2: Float32Array;
}

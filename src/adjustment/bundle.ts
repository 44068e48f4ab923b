import type { Intrinsics, Pose } from "../core/camera.ts";

/**
 * What bundle adjustment is about: photos of some cameras, points in the world, and where photos show points. Pixels are those
 * of the original photos, pixel centers at integers.
 */
export interface Bundle {
  readonly cameras: readonly BundleCamera[];
  readonly photos: readonly BundlePhoto[];
  /** `[n, 3]`, in the world. */
  readonly points: Float64Array;
  readonly observations: Observations;
}

/**
 * Intrinsics and lens that all photos of one camera share. A ray (x, y, 1) is seen where a pinhole camera sees
 * (1 + k1 r² + k2 r⁴) (x, y, 1) with r² = x² + y²: COLMAP's RADIAL model.
 */
export interface BundleCamera extends Intrinsics {
  /** 0 where it is not given, like k2. */
  readonly k1?: number;
  readonly k2?: number;
  readonly free: FreeIntrinsics;
  readonly focalPrior?: FocalPrior;
}

/** What of a camera may change; the rest stays as given. */
export interface FreeIntrinsics {
  /** One factor for fx and fy: their ratio stays. */
  readonly focal: boolean;
  readonly principalPoint: boolean;
  /** k1 and k2. */
  readonly distortion: boolean;
}

/** A normal distribution of the logarithm of fx. */
export interface FocalPrior {
  /** The most likely fx, in pixels. */
  readonly focal: number;
  /** Standard deviation of its logarithm: 0.1 is about ten percent. */
  readonly sigma: number;
}

/** One photo and where it was taken. */
export interface BundlePhoto {
  /** Index among the bundle's cameras. */
  readonly camera: number;
  readonly camFromWorld: Pose;
  /** The pose is known and stays. */
  readonly fixed: boolean;
}

/** Where photos show points, as columns of equal length m, in any order. */
export interface Observations {
  /** `[m]`, index among the bundle's photos. */
  readonly photo: Uint32Array;
  /** `[m]`, index among the bundle's points. */
  readonly point: Uint32Array;
  /** `[m, 2]` (x, y). */
  readonly xy: Float64Array;
  /** `[m]`, standard deviations in pixels; all 1 where there are none. */
  readonly sigma?: Float32Array;
}

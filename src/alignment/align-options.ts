import type { Intrinsics, Pose } from "../core/camera.ts";
import type { RunOptions } from "../core/progress.ts";

/**
 * How the pairs are brought into one world.
 * - `global`: the paper's global alignment over all pairs (section 3.4), started from the pairs' registrations.
 * - `pair`: no optimization. Two images with both of their ordered pairs take PnP on the more confident one; all else is chained
 *   along the maximum spanning tree.
 * - `none`: every image by itself, with the focal length and the depth of its strongest pair; no poses.
 */
export const ALIGN_METHODS = ["global", "pair", "none"] as const;
/** One of them. */
export type AlignMethod = (typeof ALIGN_METHODS)[number];

/** How to bring predictions into one scene. */
export interface AlignOptions extends RunOptions {
  /** `global` when left out. */
  readonly method?: AlignMethod | undefined;
  /** Pixels above this confidence locate a camera; 3 when left out. */
  readonly minConfidence?: number | undefined;
  /** Equal seeds give equal scenes; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Sets the confidence of points to 0 that occlude what other images see with more confidence; not unless set. */
  readonly clean?: boolean | undefined;
  /** What is known beforehand; needs `global` (an `InputError` otherwise), except masks. */
  readonly priors?: AlignPriors | undefined;
}

/** What is known of the images beforehand, all of it optional and each part for any subset of them. */
export interface AlignPriors {
  /** By image, in network pixels; held fixed. */
  readonly intrinsics?: readonly (Intrinsics | undefined)[] | undefined;
  /**
   * By image. One pose sets the world's frame; two or more, at different places, set its scale too, and their poses
   * relative to each other are held fixed.
   */
  readonly worldFromCam?: readonly (Pose | undefined)[] | undefined;
  /** Set when `worldFromCam` is in meters: so is the scene then, where they fix its scale. */
  readonly posesInMeters?: boolean | undefined;
  /**
   * By image: those of equal number are of one camera and share their focal length in network pixels, unless their
   * intrinsics are known. Left out, each has its own.
   */
  readonly cameras?: readonly number[] | undefined;
  /** Set when `cameras` is only likely: images whose points clearly contradict it get focal lengths of their own. */
  readonly camerasAreGuessed?: boolean | undefined;
  /**
   * By image, in network pixels: focal lengths that are likely, such as those of EXIF data. They are priors of global
   * alignment; one that the points clearly contradict is ignored.
   */
  readonly likelyFocals?: readonly (number | undefined)[] | undefined;
  /** By image, `[height, width]`: 1 where a pixel may be used, 0 where not; such pixels get no depth either. */
  readonly masks?: readonly (Uint8Array | undefined)[] | undefined;
  /** Sets the scene's scale, so that it is in meters. Two or more known poses in meters go before it. */
  readonly knownDistance?: KnownDistance | undefined;
  /**
   * Set when the predictions are in meters, as those of a network trained on metric depth are: so is the scene then. Known
   * poses in meters and a known distance go before it.
   */
  readonly predictionsInMeters?: boolean | undefined;
  /** Also finds the principal points of images whose intrinsics are not known. */
  readonly optimizePrincipalPoint?: boolean | undefined;
}

/** The distance between what two pixels of one image show. */
export interface KnownDistance {
  /** Index of the image. */
  readonly image: number;
  /** In network pixels. */
  readonly pixel1: readonly [x: number, y: number];
  readonly pixel2: readonly [x: number, y: number];
  readonly meters: number;
}

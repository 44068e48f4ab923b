import type { Intrinsics, Pose } from "../core/camera.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/view.ts";

/** A pinhole camera with a place in the world. */
export interface PosedCamera extends Size {
  readonly intrinsics: Intrinsics;
  readonly worldFromCam: Pose;
}

/** A camera and the depth it measured. */
export interface DepthView extends PosedCamera {
  /** `[height, width]`, along the optical axis at pixel centers; 0 where unknown. */
  readonly depth: Float32Array;
}

/** A photo with its depth and its camera. */
export interface RgbdView extends DepthView, RgbImage {}

/** Views of one scene, in one world frame. */
export interface RgbdScene {
  readonly views: readonly RgbdView[];
  /** `[views, views]`: row i, column j holds the share of view i's pixels with depth that view j sees too. */
  readonly overlap: Float32Array;
}

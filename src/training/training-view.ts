import type { RgbdView } from "../data/rgbd-view.ts";
import { unprojectDepth } from "../geometry/camera.ts";
import { transformPoints } from "../geometry/pose.ts";
import type { TrainingView } from "./pair-batch.ts";

/** A view as the network and the loss see it; `augment` may change the colours, `[pixels, 3]` in 0..1. */
export function trainingView(view: RgbdView, augment: (rgb: Float32Array) => void = () => {}): TrainingView {
  const { width, height, depth, intrinsics, worldFromCam } = view;
  const rgb = Float32Array.from(view.rgb, (value) => value / 255);
  augment(rgb);
  const size = width * height;
  const image = Float32Array.from({ length: 3 * size }, (_, i) => 2 * rgb[3 * (i % size) + Math.floor(i / size)]! - 1);
  return {
    width,
    height,
    image,
    points: transformPoints(worldFromCam, unprojectDepth(depth, view, intrinsics)),
    valid: Uint8Array.from(depth, (z) => (z > 0 ? 1 : 0)),
    worldFromCam,
    intrinsics,
  };
}

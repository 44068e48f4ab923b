import type { Pose } from "../../core/camera.ts";
import type { Size } from "../../core/view.ts";
import { unprojectDepth } from "../../geometry/camera.ts";
import { transformPoints } from "../../geometry/pose.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";

/** An image with its true points, upright. */
export interface TrainingView extends Size {
  /** `[3, height, width]` in [-1, 1]. */
  readonly image: Float32Array;
  /** `[height, width, 3]`, in world coordinates; anything finite where not valid. */
  readonly points: Float32Array;
  /** `[height, width]`, 1 where the point is known, else 0. */
  readonly valid: Uint8Array;
  readonly worldFromCam: Pose;
}

/** A view as input of the network and target of the loss; `augment` may change the colors, `[pixels, 3]` in 0..1. */
export function trainingView(view: RgbdView, augment: (rgb: Float32Array) => void = () => {}): TrainingView {
  const { width, height, depth, worldFromCam } = view;
  const size = width * height;
  // Plain loops: every view of every batch comes through here, and `from` with a function takes ten times as long.
  const rgb = new Float32Array(3 * size);
  for (let i = 0; i < rgb.length; i++) rgb[i] = view.rgb[i]! / 255;
  augment(rgb);
  const image = new Float32Array(3 * size);
  const valid = new Uint8Array(size);
  for (let pixel = 0; pixel < size; pixel++) {
    for (let channel = 0; channel < 3; channel++) image[channel * size + pixel] = 2 * rgb[3 * pixel + channel]! - 1;
    valid[pixel] = depth[pixel]! > 0 ? 1 : 0;
  }
  const points = transformPoints(worldFromCam, unprojectDepth(depth, view, view.intrinsics));
  return { width, height, image, points, valid, worldFromCam };
}

import type { Size } from "../core/view.ts";
import { centeredIntrinsics, pixelGrid } from "./camera.ts";
import { estimateFocal, type PixelOptions } from "./focal.ts";
import { transformPoints } from "./pose.ts";
import { estimateAbsolutePose } from "./robust/absolute-pose.ts";

/**
 * The focal length in pixels of the camera that sees a pointmap `[height, width, 3]` given in another camera's frame,
 * such as that of a pair's second view, from one ordered pair alone: its pose brings the pointmap into its own frame,
 * where `estimateFocal` takes over. Undefined where the points fix no pose or no focal length.
 */
export function estimateFocalInOtherFrame(
  pointmap: Float32Array,
  size: Size,
  options: PixelOptions = {},
): number | undefined {
  const [cx, cy] = options.principalPoint ?? [size.width / 2, size.height / 2];
  const guess = { ...centeredIntrinsics(size, Math.max(size.width, size.height)), cx, cy };
  const grid = pixelGrid(size);
  // Pixels without confidence are outliers from the start.
  options.confidence?.forEach((confidence, i) => {
    if (!(confidence > 0)) grid.fill(Number.NaN, 2 * i, 2 * i + 2);
  });
  const located = estimateAbsolutePose(pointmap, grid, guess, { unknownFocal: true });
  if (located.status === "failed") return undefined;
  return estimateFocal(transformPoints(located.camFromWorld, pointmap), size, options);
}

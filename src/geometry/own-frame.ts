import type { ImagePlane } from "../core/image-plane.ts";
import { centeredIntrinsics, pixelGrid } from "./camera.ts";
import { transformPoints } from "./pose.ts";
import { estimateAbsolutePose } from "./robust/absolute-pose.ts";

/**
 * A pointmap `[height, width, 3]` given in another camera's frame, such as that of a pair's second view, in the frame of
 * the camera that sees it: PnP with unknown focal length, pixels where `weights` `[height, width]` is not positive left
 * out. Undefined where the points fix no pose or no focal length.
 */
export function pointmapInOwnFrame(
  pointmap: Float32Array,
  size: ImagePlane,
  weights?: Float32Array,
): Float32Array | undefined {
  const guess = centeredIntrinsics(size, Math.max(size.width, size.height));
  const grid = pixelGrid(size);
  // Pixels without weight are outliers from the start.
  weights?.forEach((weight, i) => {
    if (!(weight > 0)) grid.fill(Number.NaN, 2 * i, 2 * i + 2);
  });
  const located = estimateAbsolutePose(pointmap, grid, guess, { unknownFocal: true });
  return located.status === "ok" ? transformPoints(located.camFromWorld, pointmap) : undefined;
}

import type { Intrinsics } from "../../core/camera.ts";
import type { Size } from "../../core/view.ts";
import { projectPoints, unprojectDepth } from "../../geometry/camera.ts";
import type { DepthMap } from "./depth-errors.ts";

/** The threshold of the paper's section 4.3: a share of the image diagonal. */
const THRESHOLD = 0.01;

/**
 * How well estimated intrinsics fit: the share of the pixels with a true depth whose true point they project to within 1 % of
 * the image diagonal of the pixel. Undefined without depth.
 */
export function reprojectionAccuracy(
  truth: DepthMap & { readonly intrinsics: Intrinsics },
  found: Intrinsics,
): number | undefined {
  const points = unprojectDepth(truth.depth, truth, truth.intrinsics);
  const pixels = projectPoints(points, found);
  const bound = THRESHOLD * diagonal(truth);
  let measured = 0;
  let close = 0;
  for (let i = 0; i < truth.depth.length; i++) {
    if (!(truth.depth[i]! > 0)) continue;
    measured++;
    const [dx, dy] = [pixels[2 * i]! - (i % truth.width), pixels[2 * i + 1]! - Math.floor(i / truth.width)];
    if (Math.hypot(dx, dy) < bound) close++;
  }
  return measured === 0 ? undefined : close / measured;
}

/** The length of an image's diagonal in pixels. */
export function diagonal({ width, height }: Size): number {
  return Math.hypot(width, height);
}

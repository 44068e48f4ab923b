import type { Intrinsics } from "../core/camera.ts";
import { FormatError } from "../core/errors.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/view.ts";
import type { PosedCamera, RgbdView } from "../rgbd/rgbd-view.ts";

/** Depth along the optical axis, `[height, width]`. */
export interface DepthImage extends Size {
  readonly depth: Float32Array;
}

/** Where a photo was taken from. */
export type PhotoCamera = Pick<PosedCamera, "intrinsics" | "worldFromCam">;

/**
 * A frame from its parts, which must fit each other: depth and photo have one size, the principal point is one of
 * a photo of this size, and there is depth somewhere. What is no positive number becomes 0, the mark of no depth.
 * Otherwise a `FormatError` for `name`.
 */
export function checkedView(
  picture: RgbImage,
  { depth, ...depthSize }: DepthImage,
  { intrinsics, worldFromCam }: PhotoCamera,
  name: string,
): RgbdView {
  const { width, height, rgb } = picture;
  if (depthSize.width !== width || depthSize.height !== height) {
    const found = `its depth has ${depthSize.width}x${depthSize.height} pixels and its photo ${width}x${height}`;
    throw new FormatError(name, found);
  }
  const { cx, cy } = intrinsics;
  if (!isPrincipalPoint(intrinsics, picture)) {
    const size = `${Math.round(2 * cx)}x${Math.round(2 * cy)}`;
    throw new FormatError(name, `its intrinsics are for a photo of about ${size} pixels, found ${width}x${height}`);
  }
  const known = depth.map((z) => (z > 0 && z < Number.POSITIVE_INFINITY ? z : 0));
  if (!known.some((z) => z > 0)) throw new FormatError(name, "no pixel has depth");
  return { width, height, rgb, depth: known, intrinsics, worldFromCam };
}

/** Photos are cut on one side or none: a principal point far from both middles belongs to another size. */
function isPrincipalPoint({ cx, cy }: Intrinsics, { width, height }: Size): boolean {
  const ratios = [(2 * cx) / width, (2 * cy) / height];
  return ratios.every((ratio) => ratio > 0 && ratio < 2) && ratios.some((ratio) => ratio > 0.8 && ratio < 1.25);
}

import { InputError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { roundHalfEven } from "../images/plan-view.ts";
import type { RgbdView } from "./rgbd-view.ts";

/** A rectangle of whole pixels. */
interface Window extends Size {
  readonly left: number;
  readonly top: number;
}

/** The largest part of a view whose middle is the principal point, to the pixel. */
export function centeredView(view: RgbdView): RgbdView {
  return cutWindow(view, centeredWindow(view));
}

function centeredWindow({ width, height, intrinsics }: RgbdView): Window {
  const [cx, cy] = [roundHalfEven(intrinsics.cx), roundHalfEven(intrinsics.cy)];
  const [halfWidth, halfHeight] = [Math.min(cx, width - cx), Math.min(cy, height - cy)];
  if (!(halfWidth > 0 && halfHeight > 0)) {
    throw new InputError(`the principal point (${cx}, ${cy}) lies outside of a picture of ${width}x${height} pixels`);
  }
  return { left: cx - halfWidth, top: cy - halfHeight, width: 2 * halfWidth, height: 2 * halfHeight };
}

function cutWindow(view: RgbdView, { left, top, width, height }: Window): RgbdView {
  const rgb = new Uint8Array(3 * width * height);
  const depth = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * view.width + left;
    rgb.set(view.rgb.subarray(3 * from, 3 * (from + width)), 3 * y * width);
    depth.set(view.depth.subarray(from, from + width), y * width);
  }
  const { fx, fy, cx, cy } = view.intrinsics;
  return { ...view, width, height, rgb, depth, intrinsics: { fx, fy, cx: cx - left, cy: cy - top } };
}

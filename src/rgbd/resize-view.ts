import type { Intrinsics } from "../core/camera.ts";
import type { Size } from "../core/view.ts";
import { resample } from "../images/resample.ts";
import { nearestDepth } from "./crop-view.ts";
import type { RgbdView } from "./rgbd-view.ts";

/**
 * A view with other numbers of pixels: all of it, colours resampled, depth from the nearest pixel, and intrinsics that
 * still say where the rays go.
 */
export function resizeView(view: RgbdView, size: Size): RgbdView {
  if (size.width === view.width && size.height === view.height) return view;
  const [scaleX, scaleY] = [view.width / size.width, view.height / size.height];
  const mapping = { scaleX, scaleY, offsetX: 0.5 * scaleX - 0.5, offsetY: 0.5 * scaleY - 0.5 };
  return {
    ...size,
    rgb: resample(view, size, mapping),
    depth: nearestDepth(view, size, { scaleX, scaleY, left: 0, top: 0 }),
    intrinsics: scaledIntrinsics(view.intrinsics, scaleX, scaleY),
    worldFromCam: view.worldFromCam,
  };
}

/** The intrinsics after each side has so many times fewer pixels. */
export function scaledIntrinsics({ fx, fy, cx, cy }: Intrinsics, scaleX: number, scaleY: number): Intrinsics {
  return { fx: fx / scaleX, fy: fy / scaleY, cx: (cx + 0.5) / scaleX - 0.5, cy: (cy + 0.5) / scaleY - 0.5 };
}

/** The smallest size of the same shape, to the pixel, that covers `least`, its long side along the view's. */
export function coveringSize({ width, height }: Size, least: Size): Size {
  const [long, short] = [Math.max(least.width, least.height), Math.min(least.width, least.height)];
  const scale = Math.max(long / Math.max(width, height), short / Math.min(width, height));
  return { width: Math.ceil(width * scale - 1e-9), height: Math.ceil(height * scale - 1e-9) };
}

/** The largest size of the same shape, to the pixel, that fits into `most` and is not larger than it was. */
export function fittingSize({ width, height }: Size, most: Size): Size {
  const [long, short] = [Math.max(most.width, most.height), Math.min(most.width, most.height)];
  const scale = Math.min(1, long / Math.max(width, height), short / Math.min(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

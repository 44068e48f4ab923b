import type { Intrinsics } from "../core/camera.ts";
import type { Size } from "../core/view.ts";
import { resample } from "../images/resample.ts";
import type { DepthView, RgbdView } from "./rgbd-view.ts";

/**
 * A view with other numbers of pixels: all of it, colors resampled, depth from the nearest pixel, and intrinsics that
 * still say where the rays go.
 */
export function resizeView(view: RgbdView, size: Size): RgbdView {
  if (size.width === view.width && size.height === view.height) return view;
  const [scaleX, scaleY] = [view.width / size.width, view.height / size.height];
  const mapping = { scaleX, scaleY, offsetX: 0.5 * scaleX - 0.5, offsetY: 0.5 * scaleY - 0.5 };
  return { ...resizeDepth(view, size), rgb: resample(view, size, mapping) };
}

/** The same of depth and camera alone. */
export function resizeDepth({ width, height, depth, intrinsics, worldFromCam }: DepthView, size: Size): DepthView {
  const [scaleX, scaleY] = [width / size.width, height / size.height];
  return {
    ...size,
    depth: nearestDepth({ width, depth }, size, { scaleX, scaleY, left: 0, top: 0 }),
    intrinsics: scaledIntrinsics(intrinsics, scaleX, scaleY),
    worldFromCam,
  };
}

/**
 * Depth at another resolution, from the nearest pixel: an output pixel (x, y) is the input pixel that holds the place
 * (scaleX (left + x), scaleY (top + y)).
 */
export function nearestDepth(
  { width, depth }: Pick<DepthView, "width" | "depth">,
  size: Size,
  { scaleX, scaleY, left, top }: { scaleX: number; scaleY: number; left: number; top: number },
): Float32Array {
  const result = new Float32Array(size.width * size.height);
  for (let y = 0, at = 0; y < size.height; y++) {
    const row = Math.floor((top + y) * scaleY) * width;
    for (let x = 0; x < size.width; x++) result[at++] = depth[row + Math.floor((left + x) * scaleX)]!;
  }
  return result;
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

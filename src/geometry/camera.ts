import type { Intrinsics } from "../core/camera.ts";
import { type ImagePlane, principalPointOf } from "../core/image-plane.ts";
import type { Size } from "../core/view.ts";
import type { Points } from "./pose.ts";

/** Square pixels and the principal point that an image of unknown lens is taken to have: its middle. */
export function centeredIntrinsics(image: ImagePlane, focal: number): Intrinsics {
  const [cx, cy] = principalPointOf(image);
  return { fx: focal, fy: focal, cx, cy };
}

/** The coordinates of every pixel, `[height, width, 2]` (x, y); (0, 0) is the center of the top-left pixel. */
export function pixelGrid({ width, height }: Size): Float32Array {
  const grid = new Float32Array(2 * width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 2) {
      grid[i] = x;
      grid[i + 1] = y;
    }
  }
  return grid;
}

/** Pixel coordinates `[n, 2]` of points `[n, 3]` in the camera's frame; NaN for those not in front of it. */
export function projectPoints(points: Points, intrinsics: Intrinsics): Float64Array {
  const { fx, fy, cx, cy } = intrinsics;
  const pixels = new Float64Array((points.length / 3) * 2);
  for (let i = 0, p = 0; i < pixels.length; i += 2, p += 3) {
    const z = points[p + 2]! > 0 ? points[p + 2]! : Number.NaN;
    pixels[i] = (fx * points[p]!) / z + cx;
    pixels[i + 1] = (fy * points[p + 1]!) / z + cy;
  }
  return pixels;
}

/** The pointmap `[height, width, 3]` of a z-depth map `[height, width]`, in the camera's frame. */
export function unprojectDepth(depth: Float32Array, size: Size, intrinsics: Intrinsics): Float32Array {
  const { fx, fy, cx, cy } = intrinsics;
  const points = new Float32Array(3 * depth.length);
  for (let y = 0, i = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, i++) {
      const z = depth[i]!;
      points[3 * i] = ((x - cx) / fx) * z;
      points[3 * i + 1] = ((y - cy) / fy) * z;
      points[3 * i + 2] = z;
    }
  }
  return points;
}

/** The angle in radians that `length` pixels, centered on the principal point, span at this focal length. */
export function fieldOfView(length: number, focal: number): number {
  return 2 * Math.atan(length / (2 * focal));
}

/** The focal length in pixels at which `length` centered pixels span an angle in radians. */
export function focalFromFieldOfView(length: number, angle: number): number {
  return length / (2 * Math.tan(angle / 2));
}

import { type Matrix3, multiply3, multiplyVector3, type Vector3 } from "../geometry/mat3.ts";
import { composePoses, invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import type { DepthView, PosedCamera } from "./rgbd-view.ts";

/** Relative difference of depth up to which two views are taken to see the same point. */
const TOLERANCE = 0.05;

/**
 * Calls `visit` for every pixel with depth whose point lies in front of another camera and within its frame: the index
 * of the pixel, that of the nearest pixel of the other camera, and the point's depth there, which says nothing yet of
 * what may hide it (`isSameDepth`). Every `stride`-th pixel of every `stride`-th row is tried.
 * @returns how many of these pixels have depth
 */
export function reproject(
  view: DepthView,
  camera: PosedCamera,
  visit: (pixel: number, target: number, depth: number) => void,
  stride = 1,
): number {
  const [[a, b, c, d, e, f, g, h, i], [tx, ty, tz]] = pixelTransfer(view, camera);
  const { width, height } = camera;
  let known = 0;
  for (let y = stride >> 1; y < view.height; y += stride) {
    for (let x = stride >> 1; x < view.width; x += stride) {
      const pixel = y * view.width + x;
      const depth = view.depth[pixel]!;
      if (!(depth > 0)) continue;
      known++;
      const z = (g * x + h * y + i) * depth + tz;
      if (z <= 0) continue;
      const u = Math.round(((a * x + b * y + c) * depth + tx) / z);
      const v = Math.round(((d * x + e * y + f) * depth + ty) / z);
      if (u >= 0 && v >= 0 && u < width && v < height) visit(pixel, v * width + u, z);
    }
  }
  return known;
}

/** What takes a pixel (x, y, 1), times its depth, to another camera's (u, v, 1), times the depth there: K₂ R K₁⁻¹ and K₂ t. */
function pixelTransfer(from: PosedCamera, to: PosedCamera): readonly [Matrix3, Vector3] {
  const toFromFrom = composePoses(invertRigid(to.worldFromCam), from.worldFromCam);
  const { fx, fy, cx, cy } = from.intrinsics;
  const rays: Matrix3 = [1 / fx, 0, -cx / fx, 0, 1 / fy, -cy / fy, 0, 0, 1];
  const calibration: Matrix3 = [to.intrinsics.fx, 0, to.intrinsics.cx, 0, to.intrinsics.fy, to.intrinsics.cy, 0, 0, 1];
  return [
    multiply3(multiply3(calibration, rotationOf(toFromFrom)), rays),
    multiplyVector3(calibration, translationOf(toFromFrom)),
  ];
}

/** Whether a depth that a view measured is that of a point reprojected into it: no other surface is in between. */
export function isSameDepth(measured: number, reprojected: number): boolean {
  return Math.abs(measured - reprojected) < TOLERANCE * reprojected;
}

import type { WorldCamera } from "./world.ts";

/** Rays as unit vectors in the world, and what turns a range along them into a z-depth. */
export interface CameraRays {
  /** `[n, 3]` */
  readonly directions: Float64Array;
  /** `[n]`, z-depth per range. */
  readonly depthPerRange: Float64Array;
}

/** The rays of a camera's pixels `[n, 2]`. */
export function cameraRays({ rotation, intrinsics }: WorldCamera, pixels: Float32Array): CameraRays {
  const [a, b, c, d, e, f, g, h, i] = rotation;
  const { fx, fy, cx, cy } = intrinsics;
  const count = pixels.length / 2;
  const directions = new Float64Array(3 * count);
  const depthPerRange = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const x = (pixels[2 * k]! - cx) / fx;
    const y = (pixels[2 * k + 1]! - cy) / fy;
    const shortening = 1 / Math.sqrt(x * x + y * y + 1);
    depthPerRange[k] = shortening;
    directions[3 * k] = (a * x + b * y + c) * shortening;
    directions[3 * k + 1] = (d * x + e * y + f) * shortening;
    directions[3 * k + 2] = (g * x + h * y + i) * shortening;
  }
  return { directions, depthPerRange };
}

/**
 * Writes the derivatives of a world point χ, given relative to its camera's center, by the camera's parameters at constant
 * z-depth, `[9, 3]`: one vector each for center (3), rotation about the center (3), logarithm of the focal length,
 * principal point (2).
 */
export function cameraJacobian(
  { rotation, intrinsics }: WorldCamera,
  depth: number,
  x: number,
  y: number,
  z: number,
  jacobian: Float64Array,
): void {
  jacobian.fill(0);
  jacobian[0] = 1;
  jacobian[4] = 1;
  jacobian[8] = 1;
  jacobian[10] = -z;
  jacobian[11] = y;
  jacobian[12] = z;
  jacobian[14] = -x;
  jacobian[15] = -y;
  jacobian[16] = x;
  jacobian[18] = depth * rotation[2] - x;
  jacobian[19] = depth * rotation[5] - y;
  jacobian[20] = depth * rotation[8] - z;
  const byX = -depth / intrinsics.fx;
  jacobian[21] = byX * rotation[0];
  jacobian[22] = byX * rotation[3];
  jacobian[23] = byX * rotation[6];
  const byY = -depth / intrinsics.fy;
  jacobian[24] = byY * rotation[1];
  jacobian[25] = byY * rotation[4];
  jacobian[26] = byY * rotation[7];
}

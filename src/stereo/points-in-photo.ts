import type { FusedPoints } from "../core/dense-scene.ts";
import { invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";

/** Pixels around a point in which one in front hides it, and by how much nearer, as a share of depth, that one is. */
const HIDING_RADIUS = 3;
const IN_FRONT = 0.03;

/**
 * What a photo shows of points that others agree on: `[height, width]` inverse depth, 0 where it shows none. A point counts where it
 * faces the camera and no other point is in front of it or beside that.
 */
export function pointsInPhoto({ positions, normals }: FusedPoints, camera: PosedCamera): Float32Array {
  const { width, height, intrinsics, worldFromCam } = camera;
  const { fx, fy, cx, cy } = intrinsics;
  const camFromWorld = invertRigid(worldFromCam);
  const [r, t, eye] = [rotationOf(camFromWorld), translationOf(camFromWorld), translationOf(worldFromCam)];
  const nearest = new Float32Array(width * height);
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = [positions[i]!, positions[i + 1]!, positions[i + 2]!];
    const depth = r[6] * x + r[7] * y + r[8] * z + t[2];
    if (!(depth > 0)) continue;
    const u = Math.round((fx * (r[0] * x + r[1] * y + r[2] * z + t[0])) / depth + cx);
    const v = Math.round((fy * (r[3] * x + r[4] * y + r[5] * z + t[1])) / depth + cy);
    if (!(u >= 0 && v >= 0 && u < width && v < height)) continue;
    const away = normals[i]! * (x - eye[0]) + normals[i + 1]! * (y - eye[1]) + normals[i + 2]! * (z - eye[2]);
    if (away >= 0) continue;
    const at = v * width + u;
    if (1 / depth > nearest[at]!) nearest[at] = 1 / depth;
  }
  const hiding = largestAround(largestAround(nearest, { width, height }, 1), { width, height }, width);
  return nearest.map((w, i) => (w * (1 + IN_FRONT) >= hiding[i]! ? w : 0));
}

/** The largest value within the radius along rows (step 1) or columns (step `width`). */
function largestAround(
  values: Float32Array,
  { width, height }: { readonly width: number; readonly height: number },
  step: number,
): Float32Array {
  return values.map((_, i) => {
    const place = step === 1 ? i % width : Math.floor(i / width);
    const count = step === 1 ? width : height;
    let most = 0;
    for (let k = Math.max(-HIDING_RADIUS, -place); k <= Math.min(HIDING_RADIUS, count - 1 - place); k++)
      most = Math.max(most, values[i + k * step]!);
    return most;
  });
}

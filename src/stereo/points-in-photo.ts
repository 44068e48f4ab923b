import type { FusedPoints } from "../core/dense-scene.ts";
import type { Size } from "../core/size.ts";
import { invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import type { PosedCamera } from "../rgbd/rgbd-view.ts";

/** Pixels around one that count as beside it: photos that are coarser show points so far apart. */
const RADIUS = 3;
/** By how much nearer, as a share of depth, a point is that hides another beside it. */
const IN_FRONT = 0.03;
/** Points beside a pixel between which its depth is their mean, if none hides another. */
const LEAST_BESIDE = 3;

/**
 * What a photo shows of points that others agree on: `[height, width]` inverse depth, 0 where it shows none. A point counts where it
 * faces the camera and no other is in front of it or beside that; between points of one surface depth is their mean.
 */
export function pointsInPhoto(points: FusedPoints, camera: PosedCamera): Float32Array {
  const nearest = nearestPoints(points, camera);
  const hiding = gathered(nearest, camera, Math.max);
  const shown = nearest.map((w, i) => (w * (1 + IN_FRONT) >= hiding[i]! ? w : 0));
  const count = gathered(shown.map(Math.sign), camera, sum);
  const total = gathered(shown, camera, sum);
  const farthest = gathered(
    shown.map((w) => (w > 0 ? -w : Number.NEGATIVE_INFINITY)),
    camera,
    Math.max,
  );
  return shown.map((w, i) => {
    if (w > 0 || count[i]! < LEAST_BESIDE || hiding[i]! > -farthest[i]! * (1 + IN_FRONT)) return w;
    return total[i]! / count[i]!;
  });
}

/** `[height, width]`: inverse depth of the nearest point at each pixel among those that face the camera, 0 where there is none. */
function nearestPoints({ positions, normals }: FusedPoints, camera: PosedCamera): Float32Array {
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
  return nearest;
}

/** Values within the radius of each pixel put together, first along rows, then along columns. */
function gathered(values: Float32Array, { width, height }: Size, join: (a: number, b: number) => number): Float32Array {
  const along = (from: Float32Array, step: number, count: number, place: (i: number) => number) =>
    from.map((_, i) => {
      const at = place(i);
      const last = Math.min(RADIUS, count - 1 - at);
      let all = from[i - Math.min(RADIUS, at) * step]!;
      for (let k = 1 - Math.min(RADIUS, at); k <= last; k++) all = join(all, from[i + k * step]!);
      return all;
    });
  const rows = along(values, 1, width, (i) => i % width);
  return along(rows, width, height, (i) => Math.floor(i / width));
}

function sum(a: number, b: number): number {
  return a + b;
}

import { invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import type { PhotoSurface } from "./photo-surface.ts";
import { BLOCK_SIDE, BLOCK_VOXELS, type SparseVolume } from "./sparse-volume.ts";

/**
 * Adds what a photo tells to a volume (Curless and Levoy 1996): at every voxel that it sees, the distance to the plane of its pixel
 * there, as a weighted mean. Voxels farther in front of the surface than the truncation are known to be free; of those farther behind it nothing
 * is known.
 */
export function integrateSurface(
  { voxel, truncation, places, distances, weights }: SparseVolume,
  photo: PhotoSurface,
): void {
  const { width, height, intrinsics, planes, offsets, weights: own } = photo;
  const { fx, fy, cx, cy } = intrinsics;
  const camFromWorld = invertRigid(photo.worldFromCam);
  const r = rotationOf(camFromWorld).map((value) => voxel * value);
  const t = translationOf(camFromWorld);
  const middle = (BLOCK_SIDE - 1) / 2;
  const radius = middle * Math.sqrt(3) * voxel;
  const focal = Math.max(fx, fy);
  for (let block = 0; block < places.length / 3; block++) {
    const a = BLOCK_SIDE * places[3 * block]!;
    const b = BLOCK_SIDE * places[3 * block + 1]!;
    const c = BLOCK_SIDE * places[3 * block + 2]!;
    const [i, j, k] = [a + middle, b + middle, c + middle];
    const z = r[6]! * i + r[7]! * j + r[8]! * k + t[2];
    if (z < -radius) continue;
    if (z > radius) {
      const u = (fx * (r[0]! * i + r[1]! * j + r[2]! * k + t[0])) / z + cx;
      const v = (fy * (r[3]! * i + r[4]! * j + r[5]! * k + t[1])) / z + cy;
      // Perspective makes the near side of a block larger; twice its size holds for all that is not close to the camera.
      const around = (2 * focal * radius) / (z - radius) + 1;
      if (u < -around || v < -around || u > width + around || v > height + around) continue;
    }
    let at = BLOCK_VOXELS * block;
    for (let dz = 0; dz < BLOCK_SIDE; dz++) {
      for (let dy = 0; dy < BLOCK_SIDE; dy++) {
        for (let dx = 0; dx < BLOCK_SIDE; dx++, at++) {
          const [p, q, s] = [a + dx, b + dy, c + dz];
          const depth = r[6]! * p + r[7]! * q + r[8]! * s + t[2];
          if (!(depth > 0)) continue;
          const x = r[0]! * p + r[1]! * q + r[2]! * s + t[0];
          const y = r[3]! * p + r[4]! * q + r[5]! * s + t[1];
          const u = Math.round((fx * x) / depth + cx);
          const v = Math.round((fy * y) / depth + cy);
          if (!(u >= 0 && v >= 0 && u < width && v < height)) continue;
          const pixel = v * width + u;
          const weight = own[pixel]!;
          if (weight === 0) continue;
          const plane = 3 * pixel;
          const ahead = 1 - planes[plane]! * x - planes[plane + 1]! * y - planes[plane + 2]! * depth;
          const distance = ahead * offsets[pixel]!;
          // Where a plane is seen at a grazing angle, much along the ray is little across the plane.
          if (distance < -truncation || depth - depth / (1 - ahead) > 2 * truncation) continue;
          const sum = weights[at]! + weight;
          distances[at]! += (weight / sum) * (Math.min(1, distance / truncation) - distances[at]!);
          weights[at] = sum;
        }
      }
    }
  }
}

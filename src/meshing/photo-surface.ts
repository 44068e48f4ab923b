import { planesOfDepth } from "../geometry/plane-map.ts";
import type { DepthView, PosedCamera } from "../rgbd/rgbd-view.ts";

/** What a photo tells of the surface. */
export interface MeshDepth extends DepthView {
  /** `[height, width]`: how much each depth counts beside others, above 0 and at most 1. */
  readonly trust: Float32Array;
}

/** A photo's depth as planes, one for each pixel: n·X = 1 in the camera's frame, so that 1 − n·X over |n| is the distance in front of it. */
export interface PhotoSurface extends PosedCamera {
  /** `[height, width, 3]`. */
  readonly planes: Float32Array;
  /** `[height, width]`: one over the length of n, the plane's distance from the camera. */
  readonly offsets: Float32Array;
  /** `[height, width]`: how much the plane counts, 0 where there is none. */
  readonly weights: Float32Array;
}

/** Cosine between a ray and a normal below which depth is that of an edge rather than of a surface. */
const LEAST_COSINE = 0.1;

/**
 * The surface of a photo. Weights fall with the square of the spacing of its pixels, `1 / focal · depth` relative to `spacing`, and with
 * the square of the cosine under which it is seen.
 */
export function photoSurface(photo: MeshDepth, spacing: number): PhotoSurface {
  const { width, height, depth, trust, intrinsics, worldFromCam } = photo;
  const { fx, fy, cx, cy } = intrinsics;
  const { inverseDepth, slopeX, slopeY } = planesOfDepth(depth, photo);
  const planes = new Float32Array(3 * width * height);
  const offsets = new Float32Array(width * height);
  const weights = new Float32Array(width * height);
  const focal = Math.sqrt(fx * fy);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const w = inverseDepth[i]!;
      if (!(w > 0)) continue;
      const [nx, ny] = [fx * slopeX[i]!, fy * slopeY[i]!];
      const nz = w + (cx - x) * slopeX[i]! + (cy - y) * slopeY[i]!;
      const length = Math.hypot(nx, ny, nz);
      // n·X = 1 at the pixel's own point X, whose distance is that of the ray.
      const cosine = w / (length * Math.hypot((x - cx) / fx, (y - cy) / fy, 1));
      if (cosine < LEAST_COSINE) continue;
      planes[3 * i] = nx;
      planes[3 * i + 1] = ny;
      planes[3 * i + 2] = nz;
      offsets[i] = 1 / length;
      weights[i] = trust[i]! * cosine ** 2 * Math.min(4, (spacing * focal * w) ** 2);
    }
  }
  return { width, height, intrinsics, worldFromCam, planes, offsets, weights };
}

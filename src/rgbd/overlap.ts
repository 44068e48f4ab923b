import type { PosedCamera } from "./rgbd-view.ts";
/** A camera and the depth it measured. */
export interface DepthView {
  readonly camera: PosedCamera;
  /** `[height, width]`, along the optical axis; 0 where there is none. */
  readonly depth: Float32Array;
}

/** Relative difference of depth up to which two views are taken to see the same point. */
const TOLERANCE = 0.05;

/**
 * Share of the first view's pixels with depth whose points the second view sees too: inside of its frame and not
 * behind another surface. Every `stride`-th pixel of every `stride`-th row is tried.
 */
export function overlapOf(first: DepthView, second: DepthView, stride = 1): number {
  const { camera: a, depth } = first;
  const { camera: b } = second;
  const [m, n] = [a.worldFromCam, b.worldFromCam];
  let tried = 0;
  let seen = 0;
  for (let y = stride >> 1; y < a.height; y += stride) {
    for (let x = stride >> 1; x < a.width; x += stride) {
      const z = depth[y * a.width + x]!;
      if (!(z > 0)) continue;
      tried++;
      const xc = ((x - a.intrinsics.cx) / a.intrinsics.fx) * z;
      const yc = ((y - a.intrinsics.cy) / a.intrinsics.fy) * z;
      const wx = m[0]! * xc + m[1]! * yc + m[2]! * z + m[3]! - n[3]!;
      const wy = m[4]! * xc + m[5]! * yc + m[6]! * z + m[7]! - n[7]!;
      const wz = m[8]! * xc + m[9]! * yc + m[10]! * z + m[11]! - n[11]!;
      const zb = n[2]! * wx + n[6]! * wy + n[10]! * wz;
      if (zb <= 0) continue;
      const u = Math.round(b.intrinsics.cx + (b.intrinsics.fx * (n[0]! * wx + n[4]! * wy + n[8]! * wz)) / zb);
      const v = Math.round(b.intrinsics.cy + (b.intrinsics.fy * (n[1]! * wx + n[5]! * wy + n[9]! * wz)) / zb);
      if (u < 0 || v < 0 || u >= b.width || v >= b.height) continue;
      if (Math.abs(second.depth[v * b.width + u]! - zb) < TOLERANCE * zb) seen++;
    }
  }
  return tried === 0 ? 0 : seen / tried;
}

/** `[n, n]`: row i, column j is `overlapOf` view i by view j; 1 on the diagonal. */
export function overlapMatrix(views: readonly DepthView[], stride = 1): Float32Array {
  const n = views.length;
  return Float32Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? 1 : overlapOf(views[i]!, views[j]!, stride);
  });
}

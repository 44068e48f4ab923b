import type { RgbdView } from "./rgbd-view.ts";

/** What one view's depth says of another view. */
export interface Reprojection {
  /** `[height, width, 3]`: where the first view's point is in the second's picture, the colour there; else black. */
  readonly rgb: Uint8Array;
  /** Pixels of the first view with depth. */
  readonly known: number;
  /** Of these, how many the second view shows: they are in its picture, and no depth of its own says otherwise. */
  readonly seen: number;
  /** Mean difference between the colours of both views, of 255, where seen; NaN where nothing is. */
  readonly difference: number;
}

/** Relative difference of depth up to which two views are taken to see the same point. */
const TOLERANCE = 0.05;

/**
 * The second view's colours, fetched through the first view's depth: with right depth, intrinsics and poses it looks like
 * the first view, wherever both see the same surface.
 */
export function reprojectedColors(first: RgbdView, second: RgbdView): Reprojection {
  const [m, n] = [first.worldFromCam, second.worldFromCam];
  const [a, b] = [first.intrinsics, second.intrinsics];
  const rgb = new Uint8Array(first.rgb.length);
  let [known, seen, difference] = [0, 0, 0];
  for (let i = 0; i < first.depth.length; i++) {
    const z = first.depth[i]!;
    if (!(z > 0)) continue;
    known++;
    const x = (((i % first.width) - a.cx) / a.fx) * z;
    const y = ((Math.floor(i / first.width) - a.cy) / a.fy) * z;
    const wx = m[0]! * x + m[1]! * y + m[2]! * z + m[3]! - n[3]!;
    const wy = m[4]! * x + m[5]! * y + m[6]! * z + m[7]! - n[7]!;
    const wz = m[8]! * x + m[9]! * y + m[10]! * z + m[11]! - n[11]!;
    const depth = n[2]! * wx + n[6]! * wy + n[10]! * wz;
    if (depth <= 0) continue;
    const u = Math.round(b.cx + (b.fx * (n[0]! * wx + n[4]! * wy + n[8]! * wz)) / depth);
    const v = Math.round(b.cy + (b.fy * (n[1]! * wx + n[5]! * wy + n[9]! * wz)) / depth);
    if (u < 0 || v < 0 || u >= second.width || v >= second.height) continue;
    const from = v * second.width + u;
    const own = second.depth[from]!;
    if (own > 0 && Math.abs(own - depth) > TOLERANCE * depth) continue;
    seen++;
    for (let c = 0; c < 3; c++) {
      const color = second.rgb[3 * from + c]!;
      rgb[3 * i + c] = color;
      difference += Math.abs(color - first.rgb[3 * i + c]!);
    }
  }
  return { rgb, known, seen, difference: difference / (3 * seen) };
}

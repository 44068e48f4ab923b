import { isSameDepth, reproject } from "./reproject.ts";
import type { RgbdView } from "./rgbd-view.ts";

/** One view reprojected into another. */
export interface ReprojectedColors {
  /** `[height, width, 3]`: where the first view's point is in the second's picture, the color there; else black. */
  readonly rgb: Uint8Array;
  /** Pixels of the first view with depth. */
  readonly known: number;
  /** Of these, how many the second view shows: they are in its picture, and no depth of its own says otherwise. */
  readonly seen: number;
  /** Mean difference between the colors of both views, of 255, where seen; NaN where nothing is. */
  readonly difference: number;
}

/**
 * The second view's colors, fetched through the first view's depth: with right depth, intrinsics and poses it looks like
 * the first view, wherever both see the same surface.
 */
export function reprojectedColors(first: RgbdView, second: RgbdView): ReprojectedColors {
  const rgb = new Uint8Array(first.rgb.length);
  let [seen, difference] = [0, 0];
  const known = reproject(first, second, (pixel, target, depth) => {
    const measured = second.depth[target]!;
    if (measured > 0 && !isSameDepth(measured, depth)) return;
    seen++;
    for (let c = 0; c < 3; c++) {
      const color = second.rgb[3 * target + c]!;
      rgb[3 * pixel + c] = color;
      difference += Math.abs(color - first.rgb[3 * pixel + c]!);
    }
  });
  return { rgb, known, seen, difference: difference / (3 * seen) };
}

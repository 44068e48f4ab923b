import { isSameDepth, reproject } from "./reproject.ts";
import type { DepthView } from "./rgbd-view.ts";

/**
 * Share of the first view's pixels with depth whose points the second view sees too: inside of its frame and not
 * behind another surface. Every `stride`-th pixel of every `stride`-th row is tried.
 */
export function overlapOf(first: DepthView, second: DepthView, stride = 1): number {
  let seen = 0;
  const count = (_: number, target: number, depth: number): void => {
    if (isSameDepth(second.depth[target]!, depth)) seen++;
  };
  const known = reproject(first, second, count, stride);
  return known === 0 ? 0 : seen / known;
}

/** `[n, n]`: row i, column j is `overlapOf` view i by view j; 1 on the diagonal. */
export function overlapMatrix(views: readonly DepthView[], stride = 1): Float32Array {
  const n = views.length;
  return Float32Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    return i === j ? 1 : overlapOf(views[i]!, views[j]!, stride);
  });
}

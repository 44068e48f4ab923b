import type { Size } from "../core/view.ts";

/**
 * Neighbouring depths further apart than this factor lie on different surfaces. Nothing is interpolated across such
 * an edge: the points in between would float in the air.
 */
export const EDGE_RATIO = 1.1;

/** Combines the four neighbours (top left, top right, bottom left, bottom right) at the fractions `x`, `y` in [0, 1]. */
export type Blend = (a: number, b: number, c: number, d: number, x: number, y: number) => number;

/** Bilinear interpolation. */
export const blendLinear: Blend = (a, b, c, d, x, y) => (1 - y) * ((1 - x) * a + x * b) + y * ((1 - x) * c + x * d);

/**
 * Depth between pixels. Inside a surface the *inverse* depth is interpolated, which keeps planes plane under perspective;
 * at an edge, and beside pixels without depth, the nearest pixel counts.
 */
export const blendSurface: Blend = (a, b, c, d, x, y) => {
  const nearest = Math.min(a, b, c, d);
  const farthest = Math.max(a, b, c, d);
  if (nearest > 0 && farthest <= EDGE_RATIO * nearest) return 1 / blendLinear(1 / a, 1 / b, 1 / c, 1 / d, x, y);
  return y < 0.5 ? (x < 0.5 ? a : b) : x < 0.5 ? c : d;
};

/** A depth map's value between its pixels; the outermost ones reach half a pixel beyond their centers. */
export function depthAt(depth: Float32Array, { width, height }: Size, [x, y]: readonly [number, number]): number {
  const [u, v] = [Math.min(Math.max(x, 0), width - 1), Math.min(Math.max(y, 0), height - 1)];
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const at = (column: number, row: number) => depth[row * width + column]!;
  return blendSurface(at(left, top), at(right, top), at(left, bottom), at(right, bottom), u - left, v - top);
}

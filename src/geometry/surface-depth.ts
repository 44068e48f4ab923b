import type { Size } from "../core/view.ts";

/**
 * Neighboring depths further apart than this factor lie on different surfaces. Nothing is interpolated across such
 * an edge: the points in between would float in the air.
 */
export const EDGE_RATIO = 1.1;

/** How the four neighbors of a place (top left, top right, bottom left, bottom right) are combined. */
export interface Blend {
  /** Whether the four are combined, or the nearest of them counts. */
  readonly joins: (a: number, b: number, c: number, d: number) => boolean;
  /** What is linear between them; its own inverse. */
  readonly linear: (value: number) => number;
}

/** Bilinear interpolation. */
export const blendLinear: Blend = { joins: () => true, linear: (value) => value };

/**
 * Depth between pixels. Inside a surface the *inverse* depth is interpolated, which keeps planes plane under perspective;
 * at an edge, and beside pixels without depth, the nearest pixel counts.
 */
export const blendSurface: Blend = {
  joins(a, b, c, d) {
    const nearest = Math.min(a, b, c, d);
    return nearest > 0 && Math.max(a, b, c, d) <= EDGE_RATIO * nearest;
  },
  linear: (value) => 1 / value,
};

/** A depth map's value between its pixels; the outermost ones reach half a pixel beyond their centers. */
export function depthAt(depth: Float32Array, { width, height }: Size, [x, y]: readonly [number, number]): number {
  const [u, v] = [Math.min(Math.max(x, 0), width - 1), Math.min(Math.max(y, 0), height - 1)];
  const [left, top] = [Math.floor(u), Math.floor(v)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const at = (column: number, row: number) => depth[row * width + column]!;
  const [a, b, c, d] = [at(left, top), at(right, top), at(left, bottom), at(right, bottom)];
  const [across, down] = [u - left, v - top];
  if (!blendSurface.joins(a, b, c, d)) return down < 0.5 ? (across < 0.5 ? a : b) : across < 0.5 ? c : d;
  const { linear } = blendSurface;
  const start = (1 - down) * linear(a) + down * linear(c);
  return linear(start + across * ((1 - down) * linear(b) + down * linear(d) - start));
}

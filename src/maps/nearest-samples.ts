import type { View } from "../core/view.ts";

/** Places in an original photo at which something is known; `x` is NaN for one that is to be left out. */
export interface Samples {
  readonly count: number;
  readonly x: (sample: number) => number;
  readonly y: (sample: number) => number;
}

/** For every pixel of a view, `[height, width]`, the sample within it that is nearest to its center; -1 where none is. */
export function nearestSamples({ width, height, originalFromNetwork }: View, { count, x, y }: Samples): Int32Array {
  const { scaleX, scaleY, offsetX, offsetY } = originalFromNetwork;
  const nearest = new Int32Array(width * height).fill(-1);
  const distances = new Float32Array(width * height).fill(Number.POSITIVE_INFINITY);
  for (let sample = 0; sample < count; sample++) {
    const u = (x(sample) - offsetX) / scaleX;
    const v = (y(sample) - offsetY) / scaleY;
    const [column, row] = [Math.round(u), Math.round(v)];
    if (!(column >= 0 && row >= 0 && column < width && row < height)) continue;
    const pixel = row * width + column;
    const distance = (u - column) ** 2 + (v - row) ** 2;
    if (distance >= distances[pixel]!) continue;
    distances[pixel] = distance;
    nearest[pixel] = sample;
  }
  return nearest;
}

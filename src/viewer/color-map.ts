import type { Rgb } from "../export/image-color.ts";

/** Viridis, from dark blue over green to yellow: ten evenly spaced colors, sRGB bytes. */
const VIRIDIS: readonly Rgb[] = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
];

/** The color of a value in [0, 1], three sRGB bytes. */
export function mapColor(value: number): Rgb {
  const at = Math.min(1, Math.max(0, value)) * (VIRIDIS.length - 1);
  const below = Math.min(Math.floor(at), VIRIDIS.length - 2);
  const [a, b] = [VIRIDIS[below]!, VIRIDIS[below + 1]!];
  const mix = (k: 0 | 1 | 2): number => Math.round(a[k] + (at - below) * (b[k] - a[k]));
  return [mix(0), mix(1), mix(2)];
}

import { colorAt, type Rgb8 } from "../core/color-scale.ts";

/** Viridis, from dark blue over green to yellow: ten evenly spaced colors, sRGB bytes. */
const VIRIDIS: readonly Rgb8[] = [
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
export function mapColor(value: number): Rgb8 {
  return colorAt(VIRIDIS, value);
}

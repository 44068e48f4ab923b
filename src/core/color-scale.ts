/** sRGB, a byte each. */
export type Rgb8 = readonly [r: number, g: number, b: number];

/** The color of a value in [0, 1] between evenly spaced colors. */
export function colorAt(scale: readonly Rgb8[], value: number): Rgb8 {
  const at = Math.min(1, Math.max(0, value)) * (scale.length - 1);
  const below = Math.min(Math.floor(at), scale.length - 2);
  const [a, b] = [scale[below]!, scale[below + 1]!];
  const mix = (k: 0 | 1 | 2): number => Math.round(a[k] + (at - below) * (b[k] - a[k]));
  return [mix(0), mix(1), mix(2)];
}

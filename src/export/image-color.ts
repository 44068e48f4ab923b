/** Red, green and blue in sRGB, each in [0, 1]. */
export type Rgb = readonly [number, number, number];

/**
 * The color that stands for a photo throughout a scene: bright, and for neighboring indices far apart, because hues
 * advance by the golden angle.
 */
export function imageColor(index: number): Rgb {
  const hue = (0.55 + index * 0.618033988749895) % 1;
  const channel = (shift: number): number => {
    const k = (hue * 12 + shift) % 12;
    return 0.64 - 0.32 * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

/** A channel of an sRGB color in [0, 1] as linear light, which is what glTF stores. */
export function linearFromSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** `[count, 4]` of sRGB colors `[count, 3]`: linear light and full opacity, so that colors stay aligned without padding. */
export function linearColors(srgb: Uint8Array): Uint8Array {
  const linear = Uint8Array.from({ length: 256 }, (_, value) => Math.round(255 * linearFromSrgb(value / 255)));
  const colors = new Uint8Array((srgb.length / 3) * 4).fill(255);
  for (let i = 0; i < srgb.length / 3; i++) {
    for (let k = 0; k < 3; k++) colors[4 * i + k] = linear[srgb[3 * i + k]!]!;
  }
  return colors;
}

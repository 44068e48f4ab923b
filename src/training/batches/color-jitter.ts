import type { Random } from "../../core/random.ts";

/** How far colors may stray: factors within 1 ± strength, the hue within ± a part of the color circle. */
export interface JitterStrength {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hue: number;
}

/** Luma of ITU-R 601, as image libraries take it. */
const LUMA = [0.299, 0.587, 0.114] as const;

/**
 * Changes brightness, contrast, saturation and hue at random, in random order, as the published augmentation does.
 * @param rgb `[pixels, 3]` in 0..1, changed in place
 */
export function colorJitter(rgb: Float32Array, strength: JitterStrength, random: Random): void {
  const factor = (spread: number) => 1 + spread * (2 * random() - 1);
  const steps = [
    () => scaleAround(rgb, () => 0, factor(strength.brightness)),
    () => scaleAround(rgb, meanLuma(rgb), factor(strength.contrast)),
    () => scaleAround(rgb, (at) => luma(rgb, at), factor(strength.saturation)),
    () => turnHue(rgb, strength.hue * (2 * random() - 1)),
  ];
  for (let left = steps.length; left > 0; left--) {
    const [step] = steps.splice(Math.floor(random() * left), 1);
    step!();
  }
}

/** Moves each pixel's channels away from a gray, or toward it. */
function scaleAround(rgb: Float32Array, grayAt: (at: number) => number, factor: number): void {
  for (let at = 0; at < rgb.length; at += 3) {
    const gray = grayAt(at);
    for (let channel = at; channel < at + 3; channel++) rgb[channel] = clamp(gray + (rgb[channel]! - gray) * factor);
  }
}

function meanLuma(rgb: Float32Array): () => number {
  let total = 0;
  for (let at = 0; at < rgb.length; at += 3) total += luma(rgb, at);
  const mean = (3 * total) / rgb.length;
  return () => mean;
}

function luma(rgb: Float32Array, at: number): number {
  return LUMA[0] * rgb[at]! + LUMA[1] * rgb[at + 1]! + LUMA[2] * rgb[at + 2]!;
}

/** Rotation about the gray axis of the RGB cube by a part of a full turn: hue without a detour through HSV. */
function turnHue(rgb: Float32Array, turns: number): void {
  const angle = 2 * Math.PI * turns;
  const cosine = Math.cos(angle);
  const along = (1 - cosine) / 3;
  const across = Math.sin(angle) / Math.sqrt(3);
  const [same, next, last] = [cosine + along, along - across, along + across];
  for (let at = 0; at < rgb.length; at += 3) {
    const [r, g, b] = [rgb[at]!, rgb[at + 1]!, rgb[at + 2]!];
    rgb[at] = clamp(same * r + next * g + last * b);
    rgb[at + 1] = clamp(last * r + same * g + next * b);
    rgb[at + 2] = clamp(next * r + last * g + same * b);
  }
}

function clamp(value: number): number {
  return value < 0 ? 0 : value > 1 ? 1 : value;
}

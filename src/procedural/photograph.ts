import { gaussian, type Random, randomInteger, seededRandom } from "../core/random.ts";
import type { Size } from "../core/view.ts";

/** Settings of the simulated camera: exposure, white balance, vignetting, blur, noise, tone curve. */
export interface PhotoSettings {
  /** Mean luminance that the exposure aims at, of 1 for white. */
  readonly key: number;
  /** Gains of red, green and blue. */
  readonly whiteBalance: readonly [number, number, number];
  /** Share of light lost in the corners. */
  readonly vignetting: number;
  /** Standard deviation of the blur in pixels. */
  readonly blur: number;
  /** Pixels along x and y by which the camera moved while the shutter was open. */
  readonly motion: readonly [number, number];
  /** Standard deviation of the noise at mid gray, of 1 for white. */
  readonly noise: number;
  /** Steepness of the tone curve, 1 for none. */
  readonly contrast: number;
  /** 1 keeps colors as they are. */
  readonly saturation: number;
}

/** A good camera on a good day. */
export const CLEAN_PHOTO: PhotoSettings = {
  key: 0.3,
  whiteBalance: [1, 1, 1],
  vignetting: 0.05,
  blur: 0,
  motion: [0, 0],
  noise: 0.004,
  contrast: 1.1,
  saturation: 1.05,
};

/** Settings as a casual photographer's collection has them. */
export function randomPhotoSettings(random: Random): PhotoSettings {
  const warmth = 0.12 * gaussian(random);
  const tint = 0.04 * gaussian(random);
  return {
    key: 0.28 * Math.exp(0.3 * gaussian(random)),
    whiteBalance: [Math.exp(warmth), Math.exp(tint), Math.exp(-warmth)],
    vignetting: random() < 0.5 ? 0 : 0.45 * random(),
    blur: random() < 0.6 ? 0 : 0.9 * random() ** 2,
    motion: [0, 0],
    noise: 0.025 * random() ** 3,
    contrast: Math.exp(0.15 * gaussian(random)),
    saturation: random() < 0.04 ? 0 : Math.exp(0.2 * gaussian(random)),
  };
}

/** Develops linear `radiance` `[height, width, 3]` into an sRGB picture `[height, width, 3]`. */
export function photograph(radiance: Float32Array, size: Size, settings: PhotoSettings, random: Random): Uint8Array {
  const { width, height } = size;
  const exposed = expose(radiance, size, settings);
  const steady = Math.hypot(...settings.motion) > 0.5 ? smear(exposed, size, settings.motion) : exposed;
  const light = settings.blur > 0.15 ? blur(steady, size, settings.blur) : steady;
  const rgb = new Uint8Array(light.length);
  const grainStart = randomInteger(random, GRAIN.length);
  for (let i = 0; i < width * height; i++) {
    const luma = 0.2126 * light[3 * i]! + 0.7152 * light[3 * i + 1]! + 0.0722 * light[3 * i + 2]!;
    for (let c = 0; c < 3; c++) {
      const saturated = Math.max(0, luma + settings.saturation * (light[3 * i + c]! - luma));
      const encoded = toneCurve(saturated, settings.contrast);
      const grain = settings.noise * GRAIN[(3 * i + c + grainStart) & (GRAIN.length - 1)]!;
      rgb[3 * i + c] = Math.max(0, Math.min(255, 255 * (encoded + grain) + 0.5));
    }
  }
  return rgb;
}

/** Brings the mean luminance to the key, with white balance and vignetting. */
function expose(radiance: Float32Array, { width, height }: Size, settings: PhotoSettings): Float32Array {
  // The mean of a compressed luminance: a bright lamp or window does not make the rest black.
  let sum = 0;
  for (let i = 0; i < radiance.length; i += 3) {
    sum += Math.sqrt(0.2126 * radiance[i]! + 0.7152 * radiance[i + 1]! + 0.0722 * radiance[i + 2]!);
  }
  const mean = (3 * sum) / radiance.length;
  const gain = settings.key / Math.max(1e-6, mean * mean);
  const exposed = new Float32Array(radiance.length);
  const farthest = (width * width + height * height) / 4;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const squared = ((x - (width - 1) / 2) ** 2 + (y - (height - 1) / 2) ** 2) / farthest;
      const at = 3 * (y * width + x);
      const share = gain * (1 - settings.vignetting * squared);
      for (let c = 0; c < 3; c++) exposed[at + c] = radiance[at + c]! * share * settings.whiteBalance[c]!;
    }
  }
  return exposed;
}

/** Normal noise drawn once; a picture starts somewhere in it. */
const GRAIN = Float32Array.from(
  { length: 1 << 16 },
  (
    (random) => () =>
      gaussian(random)
  )(seededRandom("film grain")),
);

const CURVE = 4096;
const gamma = Float32Array.from({ length: CURVE + 1 }, (_, i) => {
  const value = i / CURVE;
  return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
});

/** Linear light to sRGB with a soft shoulder above 0.8 and contrast around mid gray. */
function toneCurve(light: number, contrast: number): number {
  const rolled = light < 0.6 ? light : 1 - 0.16 / (light - 0.2);
  const encoded = gamma[Math.min(CURVE, (rolled * CURVE) | 0)]!;
  return 0.5 + contrast * (encoded - 0.5);
}

/** The mean along a straight way of (dx, dy) pixels around each one. */
function smear(image: Float32Array, { width, height }: Size, [dx, dy]: readonly [number, number]): Float32Array {
  const steps = Math.ceil(Math.hypot(dx, dy)) + 1;
  const target = new Float32Array(image.length);
  for (let step = 0; step < steps; step++) {
    const share = step / (steps - 1) - 0.5;
    const [right, down] = [Math.round(share * dx), Math.round(share * dy)];
    for (let y = 0; y < height; y++) {
      const row = Math.max(0, Math.min(height - 1, y + down)) * width;
      for (let x = 0; x < width; x++) {
        const from = 3 * (row + Math.max(0, Math.min(width - 1, x + right)));
        const at = 3 * (y * width + x);
        target[at]! += image[from]! / steps;
        target[at + 1]! += image[from + 1]! / steps;
        target[at + 2]! += image[from + 2]! / steps;
      }
    }
  }
  return target;
}

/** Separable Gaussian blur of `image` `[height, width, 3]`; `sigma` in pixels. */
export function blur(image: Float32Array, { width, height }: Size, sigma: number): Float32Array {
  const radius = Math.ceil(2.5 * sigma);
  const kernel = Float32Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = kernel.reduce((sum, value) => sum + value, 0);
  const along = (source: Float32Array, step: number, length: number): Float32Array => {
    const target = new Float32Array(source.length);
    for (let i = 0; i < source.length; i++) {
      const at = Math.floor(i / step) % length;
      let sum = 0;
      for (let k = -radius; k <= radius; k++) {
        const clamped = Math.max(0, Math.min(length - 1, at + k));
        sum += kernel[k + radius]! * source[i + (clamped - at) * step]!;
      }
      target[i] = sum / total;
    }
    return target;
  };
  return along(along(image, 3, width), 3 * width, height);
}

import { seededRandom } from "../core/random.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import { PATTERN, PATTERNS, type Planes } from "./texture-pattern.ts";

/**
 * A pattern on a torus: three channels between 0 and 255 that a material turns into a color, with a mip pyramid, so
 * that a pixel reads about one texel whatever its distance.
 */
export interface Texture {
  /** Texels along a side of level 0, a power of two. */
  readonly size: number;
  /** Level `l` is `[size >> l, size >> l, 4]`, the fourth channel unused. */
  readonly levels: readonly Uint8Array[];
}

/** Number of textures that `textureOf` tells apart. */
export const TEXTURES = 256;

/** The number of the `variant`-th texture of a pattern. */
export function textureNumber(pattern: keyof typeof PATTERN, variant: number): number {
  return PATTERN[pattern] + variant * PATTERNS.length;
}

const cache = new Map<string, Texture>();

/** Texture number `id` of `TEXTURES` at `size` texels a side; the same at every size but for its detail. */
export function textureOf(id: number, size: number): Texture {
  const key = `${id}@${size}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const random = seededRandom(`texture ${id}`);
  const planes: Planes = {
    size,
    channels: [new Float32Array(size * size), new Float32Array(size * size), new Float32Array(size * size)],
  };
  PATTERNS[id % PATTERNS.length]!(planes, random);
  const texture = { size, levels: mipLevels(planes) };
  cache.set(key, texture);
  return texture;
}

/** A picture as a texture of `size` texels a side, in linear light; mirrored at its edges where it is to repeat. */
export function pictureTexture({ width, height, rgb }: RgbImage, size: number, repeats: boolean): Texture {
  const side = repeats ? size / 2 : size;
  const finest = new Uint8Array(size * size * 4);
  const bounds = (i: number, extent: number): readonly [number, number] => {
    const first = Math.floor((i * extent) / side);
    return [first, Math.max(first + 1, Math.floor(((i + 1) * extent) / side))];
  };
  const folded = (i: number): number => (i < side ? i : 2 * side - 1 - i);
  for (let y = 0; y < size; y++) {
    const [top, bottom] = bounds(folded(y), height);
    for (let x = 0; x < size; x++) {
      const [left, right] = bounds(folded(x), width);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = top; j < bottom; j++) {
          for (let i = left; i < right; i++) sum += LINEAR[rgb[3 * (j * width + i) + c]!]!;
        }
        finest[4 * (y * size + x) + c] = Math.round((255 * sum) / ((bottom - top) * (right - left)));
      }
    }
  }
  return { size, levels: pyramid(finest, size) };
}

/** sRGB bytes as linear light. */
const LINEAR = Float32Array.from({ length: 256 }, (_, i) => {
  const value = i / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
});

function mipLevels({ size, channels }: Planes): Uint8Array[] {
  const finest = new Uint8Array(size * size * 4);
  for (let i = 0; i < size * size; i++) {
    for (let c = 0; c < 3; c++) finest[4 * i + c] = Math.max(0, Math.min(255, 255 * channels[c]![i]! + 0.5));
  }
  return pyramid(finest, size);
}

function pyramid(finest: Uint8Array, size: number): Uint8Array[] {
  const levels = [finest];
  for (let side = size >> 1; side >= 1; side >>= 1) {
    const fine = levels[levels.length - 1]!;
    const coarse = new Uint8Array(side * side * 4);
    const row = side * 8;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side * 4; x++) {
        const at = 2 * y * row + (x >> 2) * 8 + (x & 3);
        coarse[y * side * 4 + x] = (fine[at]! + fine[at + 4]! + fine[at + row]! + fine[at + row + 4]! + 2) >> 2;
      }
    }
    levels.push(coarse);
  }
  return levels;
}

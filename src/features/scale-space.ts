import { blur } from "./blur.ts";
import type { GrayImage } from "./gray-image.ts";
import type { Workspace } from "./workspace.ts";

/** Scales per octave at which features are looked for. */
export const SCALES = 3;
/** What the differences at those scales, the one before and the one after are taken of. */
const GAUSSIANS = SCALES + 3;
/** Blur of an octave's first Gaussian, in pixels of the octave. */
export const FIRST_SIGMA = 1.6;

/** Blur of Gaussian `index` of an octave, in its pixels; need not be a whole number. */
export function sigmaOf(index: number): number {
  return FIRST_SIGMA * 2 ** (index / SCALES);
}

/** Four Gaussians one after another, whose middle difference is that of scale `index`. */
export interface ScaleWindow {
  readonly index: number;
  /** Planes of Gaussians `index - 1` to `index + 2`. */
  readonly planes: readonly [number, number, number, number];
}

/**
 * Goes through the scales 1 to `SCALES` of an octave whose picture has the blur `sigma`, with no more Gaussians in memory
 * than one scale needs (Lowe 2004, section 3).
 * @param visit called with each scale in turn
 */
export function walkOctave(
  space: Workspace,
  image: GrayImage,
  sigma: number,
  visit: (window: ScaleWindow) => void,
): void {
  const { planes, floats, width, height, stride } = space;
  const planeOf = (index: number) => planes[index % planes.length]!;
  const isSharp = sigma < FIRST_SIGMA;
  const start = planeOf(isSharp ? 1 : 0);
  for (let y = 0; y < height; y++) {
    floats.set(image.values.subarray(y * width, (y + 1) * width), start + y * stride);
  }
  if (isSharp) blur(space, start, planeOf(0), Math.sqrt(FIRST_SIGMA ** 2 - sigma ** 2));
  for (let index = 1; index < GAUSSIANS; index++) {
    blur(space, planeOf(index - 1), planeOf(index), Math.sqrt(sigmaOf(index) ** 2 - sigmaOf(index - 1) ** 2));
    if (index > 2) {
      const window = [planeOf(index - 3), planeOf(index - 2), planeOf(index - 1), planeOf(index)] as const;
      visit({ index: index - 2, planes: window });
    }
  }
}

/**
 * The picture of the octave after one that was walked through, with the blur `FIRST_SIGMA`: of the Gaussian of twice that blur,
 * whose plane later ones do not take, every other pixel of every other row, so that pixel x of the result lies at 2x.
 */
export function nextOctave({ floats, planes, width, height, stride }: Workspace): GrayImage {
  const plane = planes[SCALES]!;
  const half = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const values = new Float32Array(half.width * half.height);
  for (let y = 0, at = 0; y < half.height; y++) {
    for (let from = plane + 2 * y * stride, x = 0; x < half.width; x++, from += 2) values[at++] = floats[from]!;
  }
  return { ...half, values };
}

import type { Size } from "../core/size.ts";
import { MATCH_WINDOW } from "./match-window.ts";

/** Share of a window's contrast that a pixel's own surroundings must show. */
const LEAST_SHARE = 0.1;
/** Standard deviation, of 255, below which there is none. */
const LEAST_DEVIATION = 0.6;

/**
 * By pixel of a brightness `[height, width]`: 1 where its 3 x 3 surroundings show enough of the contrast of its window. A window
 * on a blank surface beside another's edge compares well, but at the depth of the edge: of its own pixel it tells nothing.
 */
export function ownContrast(gray: Uint8Array, size: Size): Uint8Array {
  const sums = integralImages(gray, size);
  const shows = new Uint8Array(gray.length);
  for (let y = 0, i = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, i++) {
      const own = variance(sums, [x, y], 1);
      const all = variance(sums, [x, y], MATCH_WINDOW.radius);
      if (own >= LEAST_DEVIATION ** 2 && own >= LEAST_SHARE ** 2 * all) shows[i] = 1;
    }
  }
  return shows;
}

interface IntegralImages extends Size {
  /** `[height + 1, width + 1]`: sums over all pixels above and to the left, of values and of their squares. */
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function integralImages(gray: Uint8Array, { width, height }: Size): IntegralImages {
  const stride = width + 1;
  const first = new Float64Array(stride * (height + 1));
  const second = new Float64Array(first.length);
  for (let y = 0; y < height; y++) {
    let [sum, squares] = [0, 0];
    for (let x = 0; x < width; x++) {
      const value = gray[y * width + x]!;
      sum += value;
      squares += value * value;
      const at = (y + 1) * stride + x + 1;
      first[at] = first[at - stride]! + sum;
      second[at] = second[at - stride]! + squares;
    }
  }
  return { width, height, first, second };
}

function variance({ width, height, first, second }: IntegralImages, [x, y]: readonly [number, number], radius: number) {
  const [left, right] = [Math.max(0, x - radius), Math.min(width, x + radius + 1)];
  const [top, bottom] = [Math.max(0, y - radius), Math.min(height, y + radius + 1)];
  const stride = width + 1;
  const sum = (of: Float64Array) =>
    of[bottom * stride + right]! - of[bottom * stride + left]! - of[top * stride + right]! + of[top * stride + left]!;
  const count = (right - left) * (bottom - top);
  const mean = sum(first) / count;
  return sum(second) / count - mean * mean;
}

import type { RgbImage } from "../core/rgb-image.ts";
import type { Size } from "../core/view.ts";

/** Neighbors in one region differ by at most this much in any channel, however large the photo … */
const NOISE = 0.03;

/** … and by this much over the photo's height: from a deep blue zenith to a bright horizon. */
const GRADIENT = 1.5;

/** A region ends where it is darker than the brightest on the way there by more than this. */
const DARKENING = 0.15;

/** A picture in channels: red, green and blue, each `[height, width]`, and luminance; all in [0, 1]. */
export interface ColorPlanes extends Size {
  readonly red: Float32Array;
  readonly green: Float32Array;
  readonly blue: Float32Array;
  readonly luminance: Float32Array;
}

/** A picture's planes. */
export function colorPlanes({ width, height, rgb }: RgbImage): ColorPlanes {
  const plane = (c: number) => Float32Array.from({ length: width * height }, (_, i) => rgb[3 * i + c]! / 255);
  const [red, green, blue] = [plane(0), plane(1), plane(2)];
  const luminance = red.map((value, i) => 0.299 * value + 0.587 * green[i]! + 0.114 * blue[i]!);
  return { width, height, red, green, blue, luminance };
}

/**
 * The regions without edges that begin at the upper border, each as a list of pixels (indices into the planes): connected
 * by pixels whose color changes little on all sides and that do not get darker on the way. Regions do not overlap; their
 * pixels at the upper border come first to last from the left.
 */
export function smoothRegionsFromAbove(planes: ColorPlanes): number[][] {
  const { width, height, luminance } = planes;
  const smooth = smoothPixels(planes);
  const isTaken = new Uint8Array(width * height);
  /** The brightest on the way to a pixel. */
  const brightest = new Float32Array(width * height);
  const regions: number[][] = [];
  for (let start = 0; start < width; start++) {
    if (smooth[start] === 0 || isTaken[start] !== 0) continue;
    const region = [start];
    isTaken[start] = 1;
    brightest[start] = luminance[start]!;
    for (let k = 0; k < region.length; k++) {
      const pixel = region[k]!;
      for (const next of neighborsOf(pixel, planes)) {
        if (smooth[next] === 0 || isTaken[next] !== 0) continue;
        if (luminance[next]! < brightest[pixel]! - DARKENING || !isStep(planes, pixel, next)) continue;
        isTaken[next] = 1;
        brightest[next] = Math.max(brightest[pixel]!, luminance[next]!);
        region.push(next);
      }
    }
    regions.push(region);
  }
  return regions;
}

/** Whether the colors of two pixels next to each other, or next but one, differ no more than within a region. */
export function isStep(planes: ColorPlanes, pixel1: number, pixel2: number): boolean {
  const { red, green, blue, height } = planes;
  const limit = NOISE + GRADIENT / height;
  return (
    Math.abs(red[pixel1]! - red[pixel2]!) < limit &&
    Math.abs(green[pixel1]! - green[pixel2]!) < limit &&
    Math.abs(blue[pixel1]! - blue[pixel2]!) < limit
  );
}

/** The pixels left, right, above and below of one, as far as there are any. */
export function neighborsOf(pixel: number, { width, height }: Size): number[] {
  const x = pixel % width;
  const result: number[] = [];
  if (x > 0) result.push(pixel - 1);
  if (x < width - 1) result.push(pixel + 1);
  if (pixel >= width) result.push(pixel - width);
  if (pixel < width * (height - 1)) result.push(pixel + width);
  return result;
}

/** 1 where a pixel's neighbors left and right, and above and below, are a small step apart. */
function smoothPixels(planes: ColorPlanes): Uint8Array {
  const { width, height } = planes;
  const result = new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    const [above, below] = [y > 0 ? width : 0, y < height - 1 ? width : 0];
    for (let x = 0; x < width; x++, i++) {
      const [left, right] = [x > 0 ? i - 1 : i, x < width - 1 ? i + 1 : i];
      result[i] = isStep(planes, left, right) && isStep(planes, i - above, i + below) ? 1 : 0;
    }
  }
  return result;
}

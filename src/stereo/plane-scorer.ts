import { BRIGHTNESS_WEIGHTS, MATCH_WINDOW } from "./match-window.ts";
import { sourceFromReference } from "./source-from-reference.ts";
import { openStereoKernels } from "./stereo-kernels.ts";
import type { StereoView } from "./stereo-view.ts";

/** Compares the window around a pixel of one photo with what others show of it, if it lies on a plane. */
export interface PlaneScorer {
  /** Takes the window around a pixel; gives its standard deviation, of 255. */
  weigh(x: number, y: number): number;
  /**
   * Compares the window taken last, which is that of (x, y), with every source, for a plane as `PlaneMap` has it. `costs`
   * then hold one minus the correlation: 0 to 1, and 1 where a source does not show the pixel.
   */
  compare(x: number, y: number, w: number, slopeX: number, slopeY: number): void;
  /** `[sources]`. */
  readonly costs: Float32Array;
}

/** Standard deviation in a source, of 255, below which it shows nothing that could be compared. */
const FLAT_SOURCE = 1;

/** Bytes of a group of four samples, of a window's group and of a source, as the kernels have them. */
const GROUP = 64;
const WINDOW_GROUP = 32;
const SOURCE = 80;

/** A scorer of one photo against others; its memory goes with it. */
export function openPlaneScorer(reference: StereoView, sources: readonly StereoView[]): PlaneScorer {
  const { radius, offsets, weights } = MATCH_WINDOW;
  const groups = Math.ceil(offsets.length / 4);
  const { width, height } = reference;
  const stride = width + 2 * radius;
  let end = 0;
  const reserve = (bytes: number): number => {
    const place = end;
    end += 16 * Math.ceil(bytes / 16);
    return place;
  };
  const samples = reserve(GROUP * groups);
  const colors = reserve(BRIGHTNESS_WEIGHTS.byteLength);
  const window = reserve(WINDOW_GROUP * groups + 16);
  const costs = reserve(4 * sources.length);
  const table = reserve(SOURCE * sources.length);
  const padded = reserve(stride * (height + 2 * radius));
  const pixels = sources.map((source) => reserve(4 * source.width * source.height));
  const { memory, weigh, compare } = openStereoKernels(end);
  const floats = new Float32Array(memory.buffer);
  const integers = new Int32Array(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);

  floats.set(BRIGHTNESS_WEIGHTS, colors / 4);
  // Places beyond the last sample weigh nothing.
  for (const [k, [dx, dy]] of offsets.entries()) {
    const at = (samples + GROUP * (k >> 2)) / 4 + (k & 3);
    floats[at] = dx;
    floats[at + 4] = dy;
    floats[at + 8] = weights[k]!;
    integers[at + 12] = dy * stride + dx;
  }
  bytes.set(withBorder(reference, radius), padded);
  for (const [k, source] of sources.entries()) {
    const { turn, shift } = sourceFromReference(source, reference);
    const at = (table + SOURCE * k) / 4;
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 3; column++) floats[at + 4 * column + row] = turn[3 * row + column]!;
      floats[at + 12 + row] = shift[row]!;
    }
    integers[at + 16] = pixels[k]!;
    floats.set([source.width, source.width - 1, source.height - 1], at + 17);
    integers.set(withNeighbors(source), pixels[k]! / 4);
  }

  const lastSample = samples + GROUP * groups;
  const lastSource = table + SOURCE * sources.length;
  const corner = padded + radius * stride + radius;
  return {
    weigh: (x, y) => Math.sqrt(Math.max(0, weigh(corner + y * stride + x, samples, lastSample, colors, window))),
    compare(x, y, w, slopeX, slopeY) {
      compare(
        x,
        y,
        w,
        slopeX,
        slopeY,
        table,
        lastSource,
        samples,
        lastSample,
        window,
        costs,
        FLAT_SOURCE * FLAT_SOURCE,
      );
    },
    costs: floats.subarray(costs / 4, costs / 4 + sources.length),
  };
}

/** A picture with its outermost pixels repeated around it. */
function withBorder({ width, height, gray }: StereoView, border: number): Uint8Array {
  const stride = width + 2 * border;
  const padded = new Uint8Array(stride * (height + 2 * border));
  for (let y = 0; y < height + 2 * border; y++) {
    const from = Math.max(0, Math.min(height - 1, y - border)) * width;
    const row = padded.subarray(y * stride, (y + 1) * stride);
    row.set(gray.subarray(from, from + width), border);
    row.fill(gray[from]!, 0, border);
    row.fill(gray[from + width - 1]!, border + width);
  }
  return padded;
}

/** Every pixel as four bytes: itself and its right, lower and lower right neighbors. */
function withNeighbors({ width, height, gray }: StereoView): Int32Array {
  const four = new Int32Array(width * height);
  for (let y = 0, at = 0; y < height; y++) {
    const down = y + 1 < height ? width : 0;
    for (let x = 0; x < width; x++, at++) {
      const right = x + 1 < width ? 1 : 0;
      four[at] = gray[at]! | (gray[at + right]! << 8) | (gray[at + down]! << 16) | (gray[at + down + right]! << 24);
    }
  }
  return four;
}

import { MOST_TAPS, type Workspace } from "./workspace.ts";

/** Beyond so many standard deviations a Gaussian is cut off. */
const CUT = 4;

/** Blurs the plane at `from` into that at `to`, which may be the same. Beyond its edges the picture goes on as at them. */
export function blur(space: Workspace, from: number, to: number, sigma: number): void {
  const { kernels, floats, integers, width, height, stride, row, ring, taps, rows } = space;
  const weights = gaussianTaps(sigma);
  const radius = weights.length - 1;
  const length = 2 * radius + 1;
  floats.set(weights, taps);
  const convolve = (out: number, placeOf: (offset: number) => number): void => {
    for (let k = 0; k < length; k++) integers[rows + k] = 4 * placeOf(k - radius);
    kernels.convolve(4 * out, 4 * rows, 4 * taps, radius, 4 * stride);
  };
  const middle = row + MOST_TAPS;
  // Columns follow as soon as the rows that they need are there.
  for (let next = 0; next < height + radius; next++) {
    if (next < height) {
      const start = from + next * stride;
      floats.copyWithin(middle, start, start + width);
      floats.fill(floats[start]!, row, middle);
      floats.fill(floats[start + width - 1]!, middle + width, middle + stride + MOST_TAPS);
      convolve(ring + (next % length) * stride, (offset) => middle + offset);
    }
    const y = next - radius;
    if (y < 0) continue;
    const rowAt = (wanted: number): number => ring + (Math.max(0, Math.min(height - 1, wanted)) % length) * stride;
    convolve(to + y * stride, (offset) => rowAt(y + offset));
  }
}

/** Weights of a Gaussian from its middle outwards; all of them, the outer ones twice, add up to 1. */
function gaussianTaps(sigma: number): Float64Array {
  const radius = Math.min(MOST_TAPS, Math.ceil(CUT * sigma));
  const taps = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp(-0.5 * (k / sigma) ** 2));
  const sum = 2 * taps.reduce((total, tap) => total + tap, 0) - taps[0]!;
  return taps.map((tap) => tap / sum);
}

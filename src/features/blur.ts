import { MOST_TAPS, type Workspace } from "./workspace.ts";

/** Beyond so many standard deviations a Gaussian is cut off. */
const CUT = 4;

/** Blurs the plane at `from` into that at `to`, which may be the same. Beyond its edges the picture goes on as at them. */
export function blur(space: Workspace, from: number, to: number, sigma: number): void {
  const { kernels, floats, width, height, stride, row, ring } = space;
  const taps = gaussianTaps(sigma);
  const radius = taps.length - 1;
  const rows = 2 * radius + 1;
  const bytes = 4 * stride;
  const middle = row + MOST_TAPS;
  const convolve = (out: number, placeOf: (offset: number) => number): void => {
    kernels.scale(4 * out, 4 * placeOf(0), taps[0]!, bytes);
    for (let k = 1; k <= radius; k++) kernels.addPair(4 * out, 4 * placeOf(-k), 4 * placeOf(k), taps[k]!, bytes);
  };
  // Columns follow as soon as the rows that they need are there.
  for (let next = 0; next < height + radius; next++) {
    if (next < height) {
      const start = from + next * stride;
      floats.copyWithin(middle, start, start + width);
      floats.fill(floats[start]!, row, middle);
      floats.fill(floats[start + width - 1]!, middle + width, middle + stride + MOST_TAPS);
      convolve(ring + (next % rows) * stride, (offset) => middle + offset);
    }
    const y = next - radius;
    if (y >= 0) {
      const rowAt = (wanted: number) => ring + (Math.max(0, Math.min(height - 1, wanted)) % rows) * stride;
      convolve(to + y * stride, (offset) => rowAt(y + offset));
    }
  }
}

/** Weights of a Gaussian from its middle outwards; all of them, the outer ones twice, add up to 1. */
function gaussianTaps(sigma: number): Float64Array {
  const radius = Math.min(MOST_TAPS, Math.ceil(CUT * sigma));
  const taps = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp(-0.5 * (k / sigma) ** 2));
  const sum = 2 * taps.reduce((total, tap) => total + tap, 0) - taps[0]!;
  return taps.map((tap) => tap / sum);
}

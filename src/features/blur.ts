import { MOST_TAPS, type Workspace } from "./workspace.ts";

/** Beyond so many standard deviations a Gaussian is cut off. */
const CUT = 4;

/** Blurs the plane at `from` into another, that at `to`. Beyond its edges the picture goes on as at them. */
export function blur(space: Workspace, from: number, to: number, sigma: number): void {
  const { kernels, floats, width, height, stride, row, taps, rows } = space;
  const weights = gaussianTaps(sigma);
  floats.set(weights, taps);
  kernels.blur(4 * from, 4 * to, width, height, 4 * stride, 4 * taps, weights.length - 1, 4 * row, 4 * rows);
}

/** Weights of a Gaussian from its middle outwards; all of them, the outer ones twice, add up to 1. */
function gaussianTaps(sigma: number): Float64Array {
  const radius = Math.min(MOST_TAPS, Math.ceil(CUT * sigma));
  const taps = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp(-0.5 * (k / sigma) ** 2));
  const sum = 2 * taps.reduce((total, tap) => total + tap, 0) - taps[0]!;
  return taps.map((tap) => tap / sum);
}

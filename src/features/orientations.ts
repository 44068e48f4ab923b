import { type GradientPatch, weighPatch } from "./gradient-patch.ts";
import type { Keypoint } from "./keypoints.ts";
import type { Workspace } from "./workspace.ts";

const BINS = 36;
/** Standard deviation of the window, times that of the keypoint; where it is cut off, times its own. */
const WINDOW = 1.5;
const CUT = 3;
const SMOOTHINGS = 6;
/** A direction counts from this share of the strongest on. */
const LEAST_SHARE = 0.8;
/** Directions that a keypoint may have. */
export const MAX_ORIENTATIONS = 2;

/** The directions of most gradient around a keypoint, in turns, the strongest first (Lowe 2004, section 5). */
export function orientationsOf(space: Workspace, patch: GradientPatch, keypoint: Keypoint): number[] {
  fillHistogram(space, patch, keypoint);
  const { floats, histogram } = space;
  let most = 0;
  for (let bin = 0; bin < BINS; bin++) most = Math.max(most, floats[histogram + bin]!);
  const peaks: { readonly turn: number; readonly height: number }[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const height = floats[histogram + bin]!;
    const before = floats[histogram + ((bin + BINS - 1) % BINS)]!;
    const after = floats[histogram + ((bin + 1) % BINS)]!;
    // A peak halfway between two bins is that of the second.
    if (height < LEAST_SHARE * most || height <= before || height < after) continue;
    const offset = (0.5 * (before - after)) / (before + after - 2 * height);
    peaks.push({ turn: (bin + 0.5 + offset) / BINS, height });
  }
  peaks.sort((a, b) => b.height - a.height);
  return peaks.slice(0, MAX_ORIENTATIONS).map(({ turn }) => turn);
}

/** Fills the first bins of the workspace's histogram with the gradients around a keypoint by direction, smoothed. */
function fillHistogram(space: Workspace, patch: GradientPatch, { sigma }: Keypoint): void {
  const { kernels, floats, lengths, turns, across, down, histogram } = space;
  const { width, height, x, y } = patch;
  const radius = Math.max(1, Math.floor(CUT * WINDOW * sigma));
  weighPatch(space, patch, WINDOW * sigma);
  floats.fill(0, histogram - 1, histogram + BINS + 1);
  const [bins, gradients, weights] = [4 * histogram, [4 * lengths, 4 * turns], [4 * across, 4 * down]] as const;
  kernels.addDirections(bins, ...gradients, ...weights, width, height, x, y, radius);
  for (let pass = 0; pass < SMOOTHINGS; pass++) {
    const first = floats[histogram]!;
    let before = floats[histogram + BINS - 1]!;
    for (let bin = 0; bin < BINS; bin++) {
      const value = floats[histogram + bin]!;
      const after = bin + 1 < BINS ? floats[histogram + bin + 1]! : first;
      floats[histogram + bin] = (before + value + after) / 3;
      before = value;
    }
  }
}

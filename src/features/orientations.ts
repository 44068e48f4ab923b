import { type GradientPatch, weighColumns } from "./gradient-patch.ts";
import type { Keypoint } from "./keypoints.ts";
import { PATCH_SIDE, type Workspace } from "./workspace.ts";

const BINS = 36;
/** Standard deviation of the window, times that of the keypoint; where it is cut off, times its own. */
const WINDOW = 1.5;
const CUT = 3;
const SMOOTHINGS = 6;
/** A direction counts from this share of the strongest on. */
const LEAST_SHARE = 0.8;
const MAX_ORIENTATIONS = 2;

/** The directions of most gradient around a keypoint, in turns, the strongest first (Lowe 2004, section 5). */
export function orientationsOf(space: Workspace, patch: GradientPatch, keypoint: Keypoint): number[] {
  const histogram = smoothed(directionHistogram(space, patch, keypoint));
  const least = LEAST_SHARE * histogram.reduce((most, height) => Math.max(most, height));
  const peaks: { readonly turn: number; readonly height: number }[] = [];
  for (let bin = 0; bin < BINS; bin++) {
    const height = histogram[bin]!;
    const before = histogram[(bin + BINS - 1) % BINS]!;
    const after = histogram[(bin + 1) % BINS]!;
    // A peak halfway between two bins is that of the second.
    if (height < least || height <= before || height < after) continue;
    const offset = (0.5 * (before - after)) / (before + after - 2 * height);
    peaks.push({ turn: (bin + 0.5 + offset) / BINS, height });
  }
  peaks.sort((a, b) => b.height - a.height);
  return peaks.slice(0, MAX_ORIENTATIONS).map(({ turn }) => turn);
}

function directionHistogram(space: Workspace, patch: GradientPatch, { x, y, sigma }: Keypoint): Float64Array {
  const { floats, lengths, turns, weights } = space;
  const { left, top, width, height } = patch;
  const histogram = new Float64Array(BINS);
  const radius = Math.max(1, Math.floor(CUT * WINDOW * sigma));
  const falloff = -0.5 / (WINDOW * sigma) ** 2;
  weighColumns(space, patch, x, WINDOW * sigma);
  const [x0, y0] = [Math.max(0, Math.ceil(x - radius) - left), Math.max(0, Math.ceil(y - radius) - top)];
  const [x1, y1] = [
    Math.min(width, Math.floor(x + radius) - left + 1),
    Math.min(height, Math.floor(y + radius) - top + 1),
  ];
  for (let row = y0; row < y1; row++) {
    const dy = top + row - y;
    const down = Math.exp(falloff * dy * dy);
    for (let column = x0; column < x1; column++) {
      const dx = left + column - x;
      if (dx * dx + dy * dy > radius * radius) continue;
      const at = row * PATCH_SIDE + column;
      const weight = down * floats[lengths + at]! * floats[weights + column]!;
      // Bins have their middle at half a bin.
      const place = BINS * floats[turns + at]! + BINS - 0.5;
      const bin = Math.floor(place);
      histogram[bin % BINS]! += weight * (bin + 1 - place);
      histogram[(bin + 1) % BINS]! += weight * (place - bin);
    }
  }
  return histogram;
}

/** The histogram after passes of a box over three bins. */
function smoothed(histogram: Float64Array): Float64Array {
  for (let pass = 0; pass < SMOOTHINGS; pass++) {
    const first = histogram[0]!;
    let before = histogram[BINS - 1]!;
    for (let bin = 0; bin < BINS; bin++) {
      const value = histogram[bin]!;
      const after = bin + 1 < BINS ? histogram[bin + 1]! : first;
      histogram[bin] = (before + value + after) / 3;
      before = value;
    }
  }
  return histogram;
}

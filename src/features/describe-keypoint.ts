import { DESCRIPTOR_LENGTH } from "./features.ts";
import { type GradientPatch, weighColumns } from "./gradient-patch.ts";
import type { Keypoint } from "./keypoints.ts";
import { HISTOGRAM_LENGTH, PATCH_SIDE, type Workspace } from "./workspace.ts";

/** Bins along each side. */
const BINS = 4;
/** Side of a bin, times the keypoint's sigma. */
const MAGNIFICATION = 3;
/** Standard deviation of the window, in bins. */
const WINDOW = BINS / 2;
/** A pixel further than this from the middle along a side has no share in any bin. */
const REACH = (BINS + 1) / 2;
/** Most that one element may have of a descriptor's length, lest a few edges say all. */
const CLAMP = 0.2;
/** Elements are bytes: a descriptor's length is about this. */
const LENGTH = 512;

/** How far from a keypoint, along x and y, its descriptor looks. */
export function descriptorRadius({ sigma }: Keypoint): number {
  return Math.floor(Math.SQRT2 * MAGNIFICATION * sigma * REACH + 0.5);
}

/**
 * The RootSIFT descriptor of a keypoint turned by `turn`, `[y, direction, x]`: histograms of gradients (Lowe 2004, section 6), as
 * roots of their shares, so that distances are Hellinger's (Arandjelović and Zisserman 2012).
 */
export function describeKeypoint(space: Workspace, patch: GradientPatch, keypoint: Keypoint, turn: number): Uint8Array {
  const { kernels, floats, histogram, descriptor } = space;
  floats.fill(0, histogram, histogram + HISTOGRAM_LENGTH);
  addPixels(space, patch, keypoint, turn);
  kernels.rootElements(4 * histogram, CLAMP, LENGTH, 4 * descriptor);
  return new Uint8Array(floats.buffer, 4 * descriptor, DESCRIPTOR_LENGTH).slice();
}

function addPixels(space: Workspace, patch: GradientPatch, { x, y, sigma }: Keypoint, turn: number): void {
  const { kernels, lengths, turns, weights, histogram } = space;
  const { left, top, width, height } = patch;
  const bin = MAGNIFICATION * sigma;
  const cos = Math.cos(2 * Math.PI * turn) / bin;
  const sin = Math.sin(2 * Math.PI * turn) / bin;
  const falloff = -0.5 / (WINDOW * bin) ** 2;
  weighColumns(space, patch, x, WINDOW * bin);
  for (let row = 0; row < height; row++) {
    const dy = top + row - y;
    // Columns at which |cos dx + sin dy| and |cos dy - sin dx| are below REACH.
    const [from1, to1] = interval(cos, sin * dy);
    const [from2, to2] = interval(-sin, cos * dy);
    const first = Math.max(0, Math.ceil(Math.max(from1, from2) + x) - left);
    const end = Math.min(width, Math.floor(Math.min(to1, to2) + x) - left + 1);
    if (first >= end) continue;
    const dx = left + first - x;
    const at = row * PATCH_SIDE + first;
    kernels.describe(
      4 * histogram,
      4 * (lengths + at),
      4 * (turns + at),
      4 * (weights + first),
      end - first,
      Math.exp(falloff * dy * dy),
      cos * dx + sin * dy,
      cos * dy - sin * dx + REACH,
      cos,
      -sin,
      turn,
    );
  }
}

/** Where |slope t + offset| is at most REACH. */
function interval(slope: number, offset: number): readonly [from: number, to: number] {
  const [a, b] = [(-REACH - offset) / slope, (REACH - offset) / slope];
  if (slope !== 0) return a < b ? [a, b] : [b, a];
  return Math.abs(offset) <= REACH ? [-Infinity, Infinity] : [Infinity, -Infinity];
}

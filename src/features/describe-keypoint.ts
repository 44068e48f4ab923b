import { type GradientPatch, weighPatch } from "./gradient-patch.ts";
import type { Keypoint } from "./keypoints.ts";
import { HISTOGRAM_LENGTH, type Workspace } from "./workspace.ts";

/** What a descriptor is made for: a keypoint's size and its direction, in turns. */
export interface KeypointFrame extends Pick<Keypoint, "sigma"> {
  readonly turn: number;
}

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
export function descriptorRadius({ sigma }: Pick<Keypoint, "sigma">): number {
  return Math.floor(Math.SQRT2 * MAGNIFICATION * sigma * REACH + 0.5);
}

/**
 * Writes the RootSIFT descriptor of a keypoint turned by `turn` to `out`, from `at` on, `[y, direction, x]`: histograms of
 * gradients (Lowe 2004, section 6), as roots of their shares, so that distances are Hellinger's (Arandjelović and
 * Zisserman 2012).
 */
export function describeKeypoint(
  space: Workspace,
  patch: GradientPatch,
  { sigma, turn }: KeypointFrame,
  out: Uint8Array,
  at = 0,
): void {
  const { kernels, floats, lengths, turns, across, down, histogram, descriptor } = space;
  const { width, height, x, y } = patch;
  const bin = MAGNIFICATION * sigma;
  const cos = Math.cos(2 * Math.PI * turn) / bin;
  const sin = Math.sin(2 * Math.PI * turn) / bin;
  weighPatch(space, patch, WINDOW * bin);
  floats.fill(0, histogram, histogram + HISTOGRAM_LENGTH);
  const [gradients, weights] = [[4 * lengths, 4 * turns] as const, [4 * across, 4 * down] as const];
  kernels.describe(4 * histogram, ...gradients, ...weights, width, height, x, y, cos, sin, turn);
  kernels.rootElements(4 * histogram, CLAMP, LENGTH, descriptor.byteOffset);
  out.set(descriptor, at);
}

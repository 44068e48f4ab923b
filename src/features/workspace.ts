import type { Size } from "../core/size.ts";
import { DESCRIPTOR_LENGTH } from "./features.ts";
import { openSiftKernels, type SiftKernels } from "./sift-kernels.ts";

/** Gaussians of an octave that are looked at together: three differences of them. */
export const PLANES = 4;
/** Taps that a Gaussian may have on each side of its middle. */
export const MOST_TAPS = 16;
/** Pixels along a side of the largest neighborhood whose gradients are taken. */
export const PATCH_SIDE = 128;
/** A descriptor's histogram: 4 x 4 places, with room for rows beyond them, and 8 directions. */
export const HISTOGRAM_LENGTH: number = 8 * 8 * 4;

/** What the kernels read beyond the end of a row. */
const SLACK = 8;

/**
 * Memory of the kernels for one octave at a time, as 32-bit floats; places are indices into it. A plane holds `height` rows
 * of `stride` floats, of which the first `width` are pixels.
 */
export interface Workspace extends Size {
  readonly kernels: SiftKernels;
  readonly floats: Float32Array;
  readonly stride: number;
  readonly planes: readonly number[];
  /** A row with room for `MOST_TAPS` more pixels on both sides. */
  readonly row: number;
  /** `2 MOST_TAPS + 1` rows. */
  readonly ring: number;
  /** A row of 32-bit integers. */
  readonly found: number;
  /** Two patches, `[PATCH_SIDE, PATCH_SIDE]`. */
  readonly lengths: number;
  readonly turns: number;
  readonly weights: number;
  readonly histogram: number;
  /** Bytes of a descriptor. */
  readonly descriptor: number;
}

/** Makes room for octaves of that size. */
export function openWorkspace({ width, height }: Size, kernels: SiftKernels = openSiftKernels()): Workspace {
  const stride = 4 * Math.ceil(width / 4);
  let end = SLACK;
  const reserve = (count: number): number => {
    const place = end;
    end += 4 * Math.ceil((count + SLACK) / 4);
    return place;
  };
  const planes = Array.from({ length: PLANES }, () => reserve(height * stride));
  const places = {
    row: reserve(stride + 2 * MOST_TAPS),
    ring: reserve((2 * MOST_TAPS + 1) * stride),
    found: reserve(stride),
    lengths: reserve(PATCH_SIDE ** 2),
    turns: reserve(PATCH_SIDE ** 2),
    weights: reserve(PATCH_SIDE),
    histogram: reserve(HISTOGRAM_LENGTH + 20),
    descriptor: reserve(DESCRIPTOR_LENGTH / 4),
  };
  const missing = 4 * end - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / 2 ** 16));
  return { width, height, kernels, floats: new Float32Array(kernels.memory.buffer), stride, planes, ...places };
}

import type { Size } from "../core/size.ts";
import { DESCRIPTOR_LENGTH } from "./features.ts";
import { openSiftKernels, type SiftKernels } from "./sift-kernels.ts";

/** Gaussians of an octave that are looked at together: three differences of them. */
const PLANES = 4;
/** Taps that a Gaussian may have on each side of its middle. */
export const MOST_TAPS = 16;
/** Pixels along a side of the largest neighborhood whose gradients are taken; the kernels count on it. */
export const PATCH_SIDE = 128;
/** A descriptor's histogram: 4 x 4 places, with room for rows beyond them, and 8 directions. */
export const HISTOGRAM_LENGTH: number = 8 * 8 * 4;

/** Floats that the kernels take at once, and may read behind the end of a row. */
const STEP = 16;

/**
 * Memory of the kernels for one octave at a time. Places are indices into it as 32-bit numbers; a plane holds `height` rows
 * of `stride` floats, of which the first `width` are pixels.
 */
export interface Workspace extends Size {
  readonly kernels: SiftKernels;
  readonly floats: Float32Array;
  readonly integers: Int32Array;
  readonly stride: number;
  readonly planes: readonly number[];
  /** A row, with room for `MOST_TAPS` more pixels on both sides. */
  readonly row: number;
  /** Weights of a filter, and the places (as integers) of what it is applied to. */
  readonly taps: number;
  readonly rows: number;
  /** Integers for a row. */
  readonly found: number;
  /** Gradients of a patch, `[PATCH_SIDE, PATCH_SIDE]`, and weights of its columns and rows. */
  readonly lengths: number;
  readonly turns: number;
  readonly across: number;
  readonly down: number;
  readonly histogram: number;
  /** The bytes of a descriptor. */
  readonly descriptor: Uint8Array;
}

/** Makes room for octaves of that size. */
export function openWorkspace({ width, height }: Size, kernels: SiftKernels = openSiftKernels()): Workspace {
  const stride = STEP * Math.ceil(width / STEP);
  let end = 0;
  const reserve = (count: number): number => {
    // Before it as well: the neighbors of a plane's first pixels are read, if not used.
    const place = end + STEP;
    end = place + STEP * Math.ceil(count / STEP) + STEP;
    return place;
  };
  const places = {
    planes: Array.from({ length: PLANES }, () => reserve(height * stride)),
    row: reserve(stride + 2 * MOST_TAPS) + MOST_TAPS,
    taps: reserve(MOST_TAPS + 1),
    rows: reserve(2 * MOST_TAPS + 1),
    found: reserve(stride),
    lengths: reserve(PATCH_SIDE ** 2),
    turns: reserve(PATCH_SIDE ** 2),
    across: reserve(PATCH_SIDE),
    down: reserve(PATCH_SIDE),
    histogram: reserve(HISTOGRAM_LENGTH + 20),
  };
  const descriptorPlace = 4 * reserve(DESCRIPTOR_LENGTH / 4);
  const missing = 4 * end - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / 2 ** 16));
  const { buffer } = kernels.memory;
  return {
    width,
    height,
    kernels,
    floats: new Float32Array(buffer),
    integers: new Int32Array(buffer),
    stride,
    ...places,
    descriptor: new Uint8Array(buffer, descriptorPlace, DESCRIPTOR_LENGTH),
  };
}

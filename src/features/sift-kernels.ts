import { compileKernels, openKernels } from "../core/wasm-kernels.ts";
import { SIFT_KERNELS } from "./sift-kernels-binary.ts";

/** The inner loops of feature detection all on one memory, by places in bytes; see sift-kernels.wat. */
export interface SiftKernels {
  readonly memory: WebAssembly.Memory;
  blur(
    from: number,
    to: number,
    width: number,
    height: number,
    stride: number,
    taps: number,
    radius: number,
    row: number,
    rows: number,
  ): void;
  findExtrema(
    g0: number,
    g1: number,
    g2: number,
    g3: number,
    stride: number,
    bytes: number,
    threshold: number,
    out: number,
  ): number;
  gradients(from: number, stride: number, lengths: number, turns: number, width: number, height: number): void;
  addDirections(
    histogram: number,
    lengths: number,
    turns: number,
    across: number,
    down: number,
    width: number,
    height: number,
    x: number,
    y: number,
    radius: number,
  ): void;
  describe(
    histogram: number,
    lengths: number,
    turns: number,
    across: number,
    down: number,
    width: number,
    height: number,
    x: number,
    y: number,
    cos: number,
    sin: number,
    turn: number,
  ): void;
  rootElements(histogram: number, clamp: number, length: number, out: number): void;
}

const MODULE = compileKernels(SIFT_KERNELS);

/** The kernels on a memory of their own, which goes with them. */
export function openSiftKernels(): SiftKernels {
  return openKernels(MODULE, 0);
}

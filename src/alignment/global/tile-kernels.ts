import { compileKernels, openKernels } from "../../core/wasm-kernels.ts";
import { TILE_KERNELS } from "./tile-kernels-binary.ts";

/** The inner loops of global alignment over one tile of `count` pixels and `rows` observations, all on one memory. */
interface TileKernels {
  readonly memory: WebAssembly.Memory;
  castRays(count: number): void;
  measureRows(rows: number, count: number): void;
  /** @param stride bytes from one row that is asked to the next */
  medianRanges(rows: number, stride: number, count: number): void;
  /** Gives the sum of distances over all pixels at the ranges found. */
  settleRanges(rows: number, count: number, tolerance: number, maxSteps: number): number;
  addForces(rows: number, count: number): void;
}

/**
 * tile-kernels.wat: two pixels at a time in WebAssembly, several times as fast as the same loops in JavaScript. Small enough
 * to be compiled in place wherever this runs.
 */
export const kernels: TileKernels = openKernels(compileKernels(TILE_KERNELS), 0);

import { compileKernels, openKernels } from "../core/wasm-kernels.ts";
import { MATCH_KERNELS } from "./match-kernels-binary.ts";

/** Dot products of descriptors, all on one memory; see match-kernels.wat. */
export interface MatchKernels {
  readonly memory: WebAssembly.Memory;
  widen(out: number, descriptors: number, count: number): void;
  interleave(out: number, descriptors: number, groups: number): void;
  compare(
    rows: number,
    row: number,
    rowStates: number,
    groups: number,
    end: number,
    column: number,
    groupStates: number,
    scratch: number,
  ): void;
}

const MODULE = compileKernels(MATCH_KERNELS);

/** The kernels on a memory of their own, of so many bytes at least, which goes with them. */
export function openMatchKernels(bytes: number): MatchKernels {
  return openKernels(MODULE, bytes);
}

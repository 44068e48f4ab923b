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

const MODULE = new WebAssembly.Module(Uint8Array.from(atob(MATCH_KERNELS), (byte) => byte.charCodeAt(0)));

/** The kernels on a memory of their own, of so many bytes at least, which goes with them. */
export function openMatchKernels(bytes: number): MatchKernels {
  const kernels = new WebAssembly.Instance(MODULE).exports as unknown as MatchKernels;
  const missing = bytes - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / 2 ** 16));
  return kernels;
}

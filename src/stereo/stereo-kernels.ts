import { compileKernels, openKernels } from "../core/wasm-kernels.ts";
import { STEREO_KERNELS } from "./stereo-kernels-binary.ts";

/** The inner loops of dense stereo all on one memory, by places in bytes; see stereo-kernels.wat. */
export interface StereoKernels {
  readonly memory: WebAssembly.Memory;
  weigh(middle: number, samples: number, end: number, colors: number, window: number): number;
  compare(
    x: number,
    y: number,
    inverseDepth: number,
    slopeX: number,
    slopeY: number,
    sources: number,
    lastSource: number,
    samples: number,
    end: number,
    window: number,
    costs: number,
    leastVariance: number,
  ): void;
}

const MODULE = compileKernels(STEREO_KERNELS);

/** The kernels on a memory of their own, of so many bytes at least, which goes with them. */
export function openStereoKernels(bytes: number): StereoKernels {
  return openKernels(MODULE, bytes);
}

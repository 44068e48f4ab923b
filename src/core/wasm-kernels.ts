import { bytesFromBase64 } from "./base64.ts";

/** Compiles what `npm run kernels` wrote as base64. */
export function compileKernels(base64: string): WebAssembly.Module {
  return new WebAssembly.Module(bytesFromBase64(base64));
}

/** Kernels on a memory of their own, of so many bytes at least, which goes with them. `K` says what the module exports. */
export function openKernels<K extends { readonly memory: WebAssembly.Memory }>(
  module: WebAssembly.Module,
  bytes: number,
): K {
  const kernels = new WebAssembly.Instance(module).exports as unknown as K;
  const missing = bytes - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / 2 ** 16));
  return kernels;
}

import { compileKernels, openKernels } from "../core/wasm-kernels.ts";
import { PRODUCT_KERNELS } from "./product-kernels-binary.ts";

/** Numbers among which blocks `[rows, columns]` are multiplied; see product-kernels.wat. */
export interface BlockProducts {
  readonly numbers: Float64Array;
  /** target `[height, columns]` −= left `[height, width]` right `[width, columns]`, each by where it starts; none is empty. */
  subtract(target: number, left: number, right: number, height: number, columns: number, width: number): void;
}

interface ProductKernels {
  readonly memory: WebAssembly.Memory;
  /** As `BlockProducts.subtract`, with places in bytes. */
  subtractProduct(target: number, left: number, right: number, height: number, columns: number, width: number): void;
}

const MODULE = compileKernels(PRODUCT_KERNELS);

/** So many numbers, all zero. */
export function openBlockProducts(count: number): BlockProducts {
  const { memory, subtractProduct } = openKernels<ProductKernels>(MODULE, Float64Array.BYTES_PER_ELEMENT * count);
  return {
    numbers: new Float64Array(memory.buffer, 0, count),
    subtract: (target, left, right, height, columns, width) =>
      subtractProduct(8 * target, 8 * left, 8 * right, height, columns, width),
  };
}

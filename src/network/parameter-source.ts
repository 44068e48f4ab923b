import type { QuantizedWeight } from "../tensor/operators/quantized.ts";
import type { Shape } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";

/**
 * Gives the float32 tensor of a parameter by its official name. The shape has the parameter's element count but may
 * differ from the checkpoint's: a patch embedding's `[dim, 3, p, p]` kernel is read as a matrix `[dim, 3 p²]`.
 */
export interface ParameterSource {
  (name: string, shape: Shape): Tensor;
  /**
   * The weight of a fully connected layer that is held in 8 bits, in parts for consecutive inputs (`inputParts`); undefined for
   * every other layer.
   */
  readonly quantized?: (layer: string, features: number, out: number) => readonly QuantizedWeight[] | undefined;
  /** Told what each fully connected layer reads, `[rows, in]`, where it is to be measured. */
  readonly onInput?: (layer: string, x: Tensor) => void;
}

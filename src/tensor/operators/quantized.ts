import { ShapeError, sameShape } from "../shape.ts";
import { apply, describe, int64, operation, type Tensor } from "../tensor.ts";
import { add, subtract } from "./elementwise.ts";

/** A weight in 8 bits, symmetric per output: that of input i for output o is `values[i, o] · scales[o]`. */
export interface QuantizedWeight {
  /** int8 `[in, out]`: the transpose of what checkpoints hold, as the integer product reads it. */
  readonly values: Tensor;
  /** float32 `[out]` */
  readonly scales: Tensor;
}

/**
 * A fully connected layer on 8-bit numbers, for inference alone: it has no gradient. x `[rows, in]` is rounded to 256
 * levels between its least number, its greatest and zero, all rows alike, when the graph runs; products are summed up in
 * 32 bits; bias `[out]`, none when left out.
 */
export function quantizedLinear(x: Tensor, { values, scales }: QuantizedWeight, bias?: Tensor): Tensor {
  const [features, out] = values.shape as [number, number];
  const fits = x.shape.length === 2 && values.shape.length === 2 && x.shape[1] === features;
  const hasBias = bias === undefined || sameShape(bias.shape, [out]);
  if (!fits || values.dtype !== "int8" || !sameShape(scales.shape, [out]) || !hasBias) {
    throw new ShapeError(
      `quantizedLinear: ${describe(x)} needs int8 values [${x.shape.at(-1)}, out], scales [out] and a bias [out], ` +
        `got ${values.dtype} ${describe(values)}, ${describe(scales)} and ${bias === undefined ? "no bias" : describe(bias)}`,
    );
  }
  // Weights have no zero points: int8 ones are symmetric.
  const inputs = [x, values, scales, undefined, bias];
  return apply("DynamicQuantizeMatMul", inputs, [x.shape[0]!, out], { domain: "com.microsoft" });
}

/**
 * The same with x rounded in two steps, of which each has a product: to 256 levels, and what that leaves of it to 256 levels
 * of its own.
 */
export function finelyQuantizedLinear(x: Tensor, weight: QuantizedWeight, bias?: Tensor): Tensor {
  const dtypes = ["uint8", "float32", "uint8"] as const;
  const levels = operation("DynamicQuantizeLinear", [x], [x.shape, [], []], { dtypes });
  const rest = subtract(x, apply("DequantizeLinear", levels, x.shape, { dtype: "float32" }));
  return add(quantizedLinear(x, weight, bias), quantizedLinear(rest, weight));
}

/** The greatest number of each column of a matrix, `[columns]`; without a gradient. */
export function columnMaxima(x: Tensor): Tensor {
  return apply("ReduceMax", [x, int64([0])], [x.shape[1]!], { attributes: { keepdims: 0 } });
}

import { add, gelu } from "../tensor/operators/elementwise.ts";
import { linear } from "../tensor/operators/linalg.ts";
import { split } from "../tensor/operators/movement.ts";
import { layerNorm } from "../tensor/operators/normalization.ts";
import { finelyQuantizedLinear, type QuantizedWeight, quantizedLinear } from "../tensor/operators/quantized.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ParameterSource } from "./parameter-source.ts";
import { isDelicate } from "./quantized-layers.ts";

/** Used by every LayerNorm of the network. */
const NORM_EPSILON = 1e-6;

/** The fully connected layer of that name: `[rows, in]` to `[rows, out]`. */
export function linearLayer(x: Tensor, name: string, out: number, parameters: ParameterSource): Tensor {
  const features = x.shape[1]!;
  parameters.onInput?.(name, x);
  const bias = parameters(`${name}.bias`, [out]);
  const quantized = parameters.quantized?.(name, features, out);
  if (quantized !== undefined)
    return linearInParts(x, quantized, bias, isDelicate(name) ? finelyQuantizedLinear : quantizedLinear);
  return linear(x, parameters(`${name}.weight`, [out, features]), bias);
}

/** Each part's products are rounded for themselves. */
function linearInParts(
  x: Tensor,
  [first, ...others]: readonly QuantizedWeight[],
  bias: Tensor,
  product: typeof quantizedLinear,
): Tensor {
  if (others.length === 0) return product(x, first!, bias);
  const sizes = [first!, ...others].map(({ values }) => values.shape[0]!);
  const [x1, ...rest] = split(x, sizes, 1);
  const products = others.map((part, i) => product(rest[i]!, part));
  return products.reduce(add, product(x1!, first!, bias));
}

/** The layer normalization of that name over the last axis. */
export function normLayer(x: Tensor, name: string, parameters: ParameterSource): Tensor {
  const features = [x.shape.at(-1)!];
  return layerNorm(x, parameters(`${name}.weight`, features), parameters(`${name}.bias`, features), NORM_EPSILON);
}

/** Two fully connected layers with a GELU between them: `[rows, dim]` to the same. */
export function mlp(x: Tensor, name: string, ratio: number, parameters: ParameterSource): Tensor {
  const dim = x.shape[1]!;
  const hidden = gelu(linearLayer(x, `${name}.fc1`, dim * ratio, parameters));
  return linearLayer(hidden, `${name}.fc2`, dim, parameters);
}

import { frontAxis, ShapeError, sameShape } from "../shape.ts";
import { apply, describe, operation, type Tensor } from "../tensor.ts";
import { multiply, subtract } from "./elementwise.ts";
import { mean, sum } from "./reduction.ts";

/** Exponentials along an axis, normalised to a sum of 1. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const along = frontAxis("softmax", x.shape, axis);
  const y = apply("Softmax", [x], x.shape, {
    attributes: { axis: along },
    gradient: ([dy]) => [multiply(y, subtract(dy!, sum(multiply(dy!, y), [along], true)))],
  });
  return y;
}

/** Layer normalisation over the last axis, scaled by `weight` and moved by `bias` (both `[features]`). */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const features = x.shape.at(-1)!;
  if (!sameShape(weight.shape, [features]) || !sameShape(bias.shape, [features])) {
    throw new ShapeError(
      `layerNorm: ${describe(x)} needs weight and bias [${features}], got ${describe(weight)} and ${describe(bias)}`,
    );
  }
  const perRow = [...x.shape.slice(0, -1), 1];
  const leading = x.shape.slice(0, -1).map((_, axis) => axis);
  const [y, center, inverseDeviation] = operation("LayerNormalization", [x, weight, bias], [x.shape, perRow, perRow], {
    attributes: { axis: -1, epsilon: { float: epsilon } },
    gradient: ([dy]) => {
      const normalized = multiply(subtract(x, center!), inverseDeviation!);
      const scaled = multiply(dy!, weight);
      const along = mean(multiply(scaled, normalized), [-1], true);
      const dx = multiply(
        subtract(subtract(scaled, mean(scaled, [-1], true)), multiply(normalized, along)),
        inverseDeviation!,
      );
      return [dx, sum(multiply(dy!, normalized), leading), sum(dy!, leading)];
    },
  });
  return y!;
}

import { elementCount, frontAxis, ShapeError, sameShape } from "../shape.ts";
import { apply, describe, operation, type Tensor } from "../tensor.ts";
import { reshape, sum } from "./broadcasting.ts";
import { multiply, scalar, subtract } from "./elementwise.ts";
import { columnSums, matmul } from "./linalg.ts";

/** Exponentials along an axis, normalized to a sum of 1. */
export function softmax(x: Tensor, axis = -1): Tensor {
  const along = frontAxis("softmax", x.shape, axis);
  const y = apply("Softmax", [x], x.shape, {
    attributes: { axis: along },
    gradient: ([dy]) => [multiply(y, subtract(dy!, sum(multiply(dy!, y), [along], true)))],
  });
  return y;
}

/** Layer normalization over the last axis, scaled by `weight` and moved by `bias` (both `[features]`). */
export function layerNorm(x: Tensor, weight: Tensor, bias: Tensor, epsilon: number): Tensor {
  const features = x.shape.at(-1)!;
  if (!sameShape(weight.shape, [features]) || !sameShape(bias.shape, [features])) {
    throw new ShapeError(
      `layerNorm: ${describe(x)} needs weight and bias [${features}], got ${describe(weight)} and ${describe(bias)}`,
    );
  }
  const perRow = [...x.shape.slice(0, -1), 1];
  const [y, center, inverseDeviation] = operation("LayerNormalization", [x, weight, bias], [x.shape, perRow, perRow], {
    attributes: { axis: -1, epsilon: { float: epsilon } },
    gradient: ([dy]) => {
      const rows = elementCount(x.shape) / features;
      const matrix = (tensor: Tensor) => reshape(tensor, [rows, tensor.shape.at(-1)!]);
      return layerNormGradient(matrix(dy!), matrix(x), weight, {
        center: matrix(center!),
        inverseDeviation: matrix(inverseDeviation!),
      }).map((gradient, i) => (i === 0 ? reshape(gradient, x.shape) : gradient));
    },
  });
  return y!;
}

/**
 * With n = (x - μ) / σ and means over a row: dx = (w dy - mean(w dy) - n mean(w dy n)) / σ, dw = Σ dy n, db = Σ dy.
 * Everything that is a sum is taken as a matrix product of dy or of dy x, so that n itself, and most passes over
 * memory, are not needed.
 */
function layerNormGradient(
  dy: Tensor,
  x: Tensor,
  weight: Tensor,
  { center, inverseDeviation }: { readonly center: Tensor; readonly inverseDeviation: Tensor },
): readonly [Tensor, Tensor, Tensor] {
  const [rows, features] = x.shape as [number, number];
  const product = multiply(dy, x);
  const column = reshape(weight, [features, 1]);
  const dySum = matmul(dy, column); // Σ w dy, (rows, 1)
  const share = multiply(inverseDeviation, scalar(1 / features));
  const along = multiply(share, subtract(matmul(product, column), multiply(center, dySum))); // mean(w dy n)
  const slope = multiply(multiply(inverseDeviation, inverseDeviation), along);
  const dx = subtract(
    subtract(multiply(multiply(dy, weight), inverseDeviation), multiply(x, slope)),
    subtract(multiply(share, dySum), multiply(center, slope)),
  );
  const overRows = (factor: Tensor, of: Tensor) => reshape(matmul(reshape(factor, [1, rows]), of), [features]);
  const dWeight = subtract(overRows(inverseDeviation, product), overRows(multiply(center, inverseDeviation), dy));
  return [dx, dWeight, columnSums(dy)];
}

import { elementCount } from "../shape.ts";
import { apply, int64, type Tensor, withGradient } from "../tensor.ts";
import { allAxes, expand, reducedShape, reshape, sum } from "./broadcasting.ts";
import { divide, maximum, multiply, scalar, sqrt } from "./elementwise.ts";

/** Lengths below this count as zero when dividing by them. */
const SMALLEST_LENGTH = 1e-12;

/** Mean over the given axes (all by default); they are kept with size 1 when `keepAxes` is set. */
export function mean(x: Tensor, axes: readonly number[] = allAxes(x), keepAxes = false): Tensor {
  const { reduced, kept, shape } = reducedShape("mean", x, axes, keepAxes);
  if (reduced.length === 0) return x;
  const count = elementCount(x.shape) / elementCount(shape);
  return apply("ReduceMean", [x, int64(reduced)], shape, {
    attributes: { keepdims: keepAxes ? 1 : 0 },
    gradient: ([dy]) => [expand(reshape(divide(dy!, scalar(count, x.dtype)), kept), x.shape)],
  });
}

/** Euclidean length along an axis, which is kept with size 1. The gradient at the zero vector is taken as zero. */
export function euclideanLength(x: Tensor, axis: number): Tensor {
  // Not ReduceL2, which is slow on CPU.
  const y = sqrt(sum(multiply(x, x), [axis], true));
  return withGradient(y, [x], ([dy]) => [multiply(x, divide(dy!, maximum(y, scalar(SMALLEST_LENGTH))))]);
}

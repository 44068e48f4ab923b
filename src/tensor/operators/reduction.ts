import { elementCount, frontAxis, type Shape, ShapeError, sameShape } from "../shape.ts";
import { apply, int64, type Tensor, withGradient } from "../tensor.ts";
import { divide, maximum, multiply, scalar, sqrt } from "./elementwise.ts";
import { expand, reshape } from "./movement.ts";

/** Lengths below this count as zero when dividing by them. */
const SMALLEST_LENGTH = 1e-12;

/** Sum over the given axes (all by default); they are kept with size 1 when `keepAxes` is set. */
export function sum(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis), keepAxes = false): Tensor {
  return reduce("ReduceSum", x, axes, keepAxes);
}

/** Mean over the given axes. */
export function mean(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis), keepAxes = false): Tensor {
  return reduce("ReduceMean", x, axes, keepAxes);
}

/** Euclidean length along an axis, which is kept with size 1. The gradient at the zero vector is taken as zero. */
export function euclideanLength(x: Tensor, axis: number): Tensor {
  // Not ReduceL2, which is slow on CPU.
  const y = sqrt(sum(multiply(x, x), [axis], true));
  return withGradient(y, [x], ([dy]) => [multiply(x, divide(dy!, maximum(y, scalar(SMALLEST_LENGTH))))]);
}

/** Undoes a broadcast: sums over the axes along which `shape` was stretched. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  if (lead < 0) throw new ShapeError(`sumTo: [${x.shape}] is no broadcast of [${shape}]`);
  const axes = x.shape.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []));
  return reshape(sum(x, axes), shape);
}

function reduce(type: "ReduceSum" | "ReduceMean", x: Tensor, axes: readonly number[], keepAxes: boolean): Tensor {
  const reduced = new Set(axes.map((axis) => frontAxis(type, x.shape, axis)));
  if (reduced.size === 0) return x;
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  const shape = keepAxes ? kept : x.shape.filter((_, axis) => !reduced.has(axis));
  return apply(type, [x, int64([...reduced])], shape, {
    attributes: { keepdims: keepAxes ? 1 : 0 },
    gradient: ([dy]) => {
      const count = type === "ReduceMean" ? elementCount(x.shape) / elementCount(shape) : 1;
      const share = count === 1 ? dy! : divide(dy!, scalar(count, x.dtype));
      return [expand(reshape(share, kept), x.shape)];
    },
  });
}

import { elementCount, frontAxis, type Shape, ShapeError, sameShape } from "../shape.ts";
import { apply, constant, type Tensor } from "../tensor.ts";
import { divide, maximum, multiply, scalar } from "./elementwise.ts";
import { expand, reshape } from "./movement.ts";

/** Lengths below this count as zero when dividing by them. */
const SMALLEST_LENGTH = 1e-12;

/** Sum over the given axes (all by default); they are kept with size 1 when `keepAxes` is set. */
export function sum(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis), keepAxes = false): Tensor {
  const reduced = new Set(axes.map((axis) => frontAxis("sum", x.shape, axis)));
  const kept = x.shape.map((size, axis) => (reduced.has(axis) ? 1 : size));
  const shape = keepAxes ? kept : x.shape.filter((_, axis) => !reduced.has(axis));
  if (reduced.size === 0) return x;
  const axesTensor = constant(BigInt64Array.from([...reduced], BigInt));
  return apply("ReduceSum", [x, axesTensor], shape, {
    attributes: { keepdims: keepAxes ? 1 : 0 },
    gradient: ([dy]) => [expand(reshape(dy!, kept), x.shape)],
  });
}

/** Mean over the given axes. */
export function mean(x: Tensor, axes: readonly number[] = x.shape.map((_, axis) => axis), keepAxes = false): Tensor {
  const total = sum(x, axes, keepAxes);
  return divide(total, scalar(elementCount(x.shape) / elementCount(total.shape), x.dtype));
}

/** Euclidean length along an axis, which is kept with size 1. The gradient at the zero vector is taken as zero. */
export function euclideanLength(x: Tensor, axis: number): Tensor {
  const along = frontAxis("euclideanLength", x.shape, axis);
  const shape = x.shape.map((size, other) => (other === along ? 1 : size));
  const axes = constant(BigInt64Array.of(BigInt(along)));
  const y = apply("ReduceL2", [x, axes], shape, {
    attributes: { keepdims: 1 },
    gradient: ([dy]) => [multiply(x, divide(dy!, maximum(y, scalar(SMALLEST_LENGTH))))],
  });
  return y;
}

/** Undoes a broadcast: sums over the axes along which `shape` was stretched. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  if (lead < 0) throw new ShapeError(`sumTo: [${x.shape}] is no broadcast of [${shape}]`);
  const axes = x.shape.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []));
  return reshape(sum(x, axes), shape);
}

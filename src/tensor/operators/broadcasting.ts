import { elementCount, frontAxis, type Shape, ShapeError, sameShape } from "../shape.ts";
import { apply, describe, int64, type Tensor } from "../tensor.ts";

/** The same elements in row-major order under another shape. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (elementCount(x.shape) !== elementCount(shape)) {
    throw new ShapeError(
      `reshape: ${describe(x)} holds ${elementCount(x.shape)} elements, [${shape}] would hold ${elementCount(shape)}`,
    );
  }
  return apply("Reshape", [x, int64(shape)], shape, { gradient: ([dy]) => [reshape(dy!, x.shape)] });
}

/** Stretches sizes of 1, and adds axes in front, until the shape is reached. */
export function expand(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  return apply("Expand", [x, int64(shape)], shape, { gradient: ([dy]) => [sumTo(dy!, x.shape)] });
}

/** Sum over the given axes (all by default); they are kept with size 1 when `keepAxes` is set. */
export function sum(x: Tensor, axes: readonly number[] = allAxes(x), keepAxes = false): Tensor {
  const { reduced, kept, shape } = reducedShape("sum", x, axes, keepAxes);
  if (reduced.length === 0) return x;
  return apply("ReduceSum", [x, int64(reduced)], shape, {
    attributes: { keepdims: keepAxes ? 1 : 0 },
    gradient: ([dy]) => [expand(reshape(dy!, kept), x.shape)],
  });
}

/** Undoes a broadcast: sums over the axes along which `shape` was stretched. */
export function sumTo(x: Tensor, shape: Shape): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.shape.length - shape.length;
  if (lead < 0) throw new ShapeError(`sumTo: [${x.shape}] is no broadcast of [${shape}]`);
  const axes = x.shape.flatMap((size, axis) => (axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : []));
  return reshape(sum(x, axes), shape);
}

/** Every axis of a tensor, the default of what reduces. */
export function allAxes(x: Tensor): readonly number[] {
  return x.shape.map((_, axis) => axis);
}

/** The axes that a reduction takes, from the front; the shape with size 1 in their place (`kept`), and the result's. */
export function reducedShape(
  operator: string,
  x: Tensor,
  axes: readonly number[],
  keepAxes: boolean,
): { readonly reduced: readonly number[]; readonly kept: Shape; readonly shape: Shape } {
  const reduced = [...new Set(axes.map((axis) => frontAxis(operator, x.shape, axis)))];
  const kept = x.shape.map((size, axis) => (reduced.includes(axis) ? 1 : size));
  return { reduced, kept, shape: keepAxes ? kept : x.shape.filter((_, axis) => !reduced.includes(axis)) };
}

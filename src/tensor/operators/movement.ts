import { frontAxis, ShapeError } from "../shape.ts";
import { apply, describe, int64, operation, type Tensor } from "../tensor.ts";
import { expand } from "./broadcasting.ts";
import { scalar } from "./elementwise.ts";

/** Axis `i` of the result is axis `order[i]` of `x`. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if (order.length !== x.shape.length || new Set(order).size !== order.length || order.some((a) => !(a in x.shape))) {
    throw new ShapeError(`transpose: [${order}] is no order of the axes of ${describe(x)}`);
  }
  const shape = order.map((axis) => x.shape[axis]!);
  return apply("Transpose", [x], shape, {
    attributes: { perm: order },
    gradient: ([dy]) => [
      transpose(
        dy!,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ],
  });
}

/** Joins tensors along an axis; all other axes must agree. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const first = tensors[0];
  if (first === undefined) throw new ShapeError("concat: nothing to join");
  const along = frontAxis("concat", first.shape, axis);
  for (const tensor of tensors) {
    const agrees =
      tensor.shape.length === first.shape.length &&
      tensor.shape.every((size, other) => other === along || size === first.shape[other]);
    if (!agrees) throw new ShapeError(`concat: ${describe(tensor)} and ${describe(first)} differ beside axis ${along}`);
  }
  const sizes = tensors.map((tensor) => tensor.shape[along]!);
  const shape = first.shape.map((size, other) => (other === along ? sizes.reduce((a, b) => a + b) : size));
  return apply("Concat", tensors, shape, {
    attributes: { axis: along },
    gradient: ([dy]) => split(dy!, sizes, along),
  });
}

/** Cuts a tensor along an axis into pieces of the given sizes. */
export function split(x: Tensor, sizes: readonly number[], axis: number): readonly Tensor[] {
  const along = frontAxis("split", x.shape, axis);
  const total = sizes.reduce((a, b) => a + b, 0);
  if (total !== x.shape[along]) {
    throw new ShapeError(
      `split: [${sizes}] add up to ${total}, ${describe(x)} has ${x.shape[along]} along axis ${along}`,
    );
  }
  const shapes = sizes.map((size) => x.shape.map((other, index) => (index === along ? size : other)));
  return operation("Split", [x, int64(sizes)], shapes, {
    attributes: { axis: along },
    gradient: (pieces) => [
      concat(
        pieces.map((piece, index) => piece ?? expand(scalar(0), shapes[index]!)),
        along,
      ),
    ],
  });
}

/** Elements `start` (included) to `end` (excluded) along an axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const along = frontAxis("slice", x.shape, axis);
  const size = x.shape[along]!;
  if (!(0 <= start && start < end && end <= size)) {
    throw new ShapeError(`slice: ${start}..${end} lies outside of axis ${along} of ${describe(x)}`);
  }
  if (end - start === size) return x;
  const shape = x.shape.map((other, index) => (index === along ? end - start : other));
  return apply("Slice", [x, int64([start]), int64([end]), int64([along])], shape, {
    gradient: ([dy]) => {
      const pads = x.shape.map((_, index) => (index === along ? start : 0));
      const padsAfter = x.shape.map((_, index) => (index === along ? size - end : 0));
      return [pad(dy!, pads, padsAfter)];
    },
  });
}

/** Adds zeros before and after, per axis. */
export function pad(x: Tensor, before: readonly number[], after: readonly number[]): Tensor {
  const shape = x.shape.map((size, axis) => before[axis]! + size + after[axis]!);
  return apply("Pad", [x, int64([...before, ...after])], shape, {
    gradient: ([dy]) => [
      x.shape.reduce((piece, size, axis) => slice(piece, axis, before[axis]!, before[axis]! + size), dy!),
    ],
  });
}

/** Rows of a constant table `[rows, width]` by number, int64 `[...]`, as `[..., width]`. No gradient goes to the table. */
export function lookUp(table: Tensor, rows: Tensor): Tensor {
  if (table.shape.length !== 2) throw new ShapeError(`lookUp: ${describe(table)} is no table`);
  return apply("Gather", [table, rows], [...rows.shape, table.shape[1]!], { attributes: { axis: 0 } });
}

/** Sizes along each axis; every size is known when the graph is built. */
export type Shape = readonly number[];

/** Two tensors do not fit together. The message names the operator, the operands and what would fit. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** Number of elements. */
export function elementCount(shape: Shape): number {
  return shape.reduce((count, size) => count * size, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

/** The axis counted from the front; -1 is the last one. */
export function frontAxis(operator: string, shape: Shape, axis: number): number {
  const front = axis < 0 ? axis + shape.length : axis;
  if (front < 0 || front >= shape.length) {
    throw new ShapeError(`${operator}: [${shape}] has no axis ${axis}`);
  }
  return front;
}

/** NumPy's broadcasting: shapes are aligned at their last axis and sizes of 1 stretch. */
export function broadcastShapes(operator: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const sizeA = a[axis - rank + a.length] ?? 1;
    const sizeB = b[axis - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new ShapeError(
        `${operator}: [${a}] and [${b}] do not broadcast: ${sizeA} and ${sizeB} differ and neither is 1`,
      );
    }
    return sizeA === 1 ? sizeB : sizeA;
  });
}

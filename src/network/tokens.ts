import type { Tensor } from "../tensor/tensor.ts";

/** Patches of an image, row by row: `rows` × `columns` of them. */
export interface PatchGrid {
  readonly rows: number;
  readonly columns: number;
}

/** A batch of images as tokens: `x` is `[batch · rows · columns, dim]`, image by image, row-major within each. */
export interface Tokens {
  readonly x: Tensor;
  readonly batch: number;
  readonly grid: PatchGrid;
}

/** Tokens of one image. */
export function tokenCount(grid: PatchGrid): number {
  return grid.rows * grid.columns;
}

/** The grid that an image of this size is cut into; both sides must be multiples of the patch size. */
export function patchGrid(height: number, width: number, patchSize: number): PatchGrid {
  const grid = { rows: height / patchSize, columns: width / patchSize };
  if (!Number.isInteger(grid.rows) || !Number.isInteger(grid.columns) || tokenCount(grid) === 0) {
    throw new RangeError(`an image of ${width}x${height} cannot be cut into patches of ${patchSize}x${patchSize}`);
  }
  return grid;
}

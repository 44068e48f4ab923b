import { constant, type Tensor } from "../tensor/tensor.ts";

/** Patches of an image, row by row: `rows` × `columns` of them. */
export interface PatchGrid {
  readonly rows: number;
  readonly columns: number;
}

/** Where tokens lie in their image. */
export interface TokenPositions {
  /** int64 `[batch · tokens, 2]`: row and column of the patch. */
  readonly coordinates: Tensor;
  /** Larger than every row and column. */
  readonly limit: number;
}

/** A batch of images as tokens: `x` is `[batch · rows · columns, dim]`, image by image, row-major within each. */
export interface Tokens {
  readonly x: Tensor;
  readonly batch: number;
  readonly grid: PatchGrid;
  /** Given where the tokens are in another order, in grids of mixed orientation, or only some of the patches. */
  readonly positions?: TokenPositions;
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

/** Row and column of every patch of these grids, one after the other, as `[tokens, 2]` in row-major order. */
export function gridCoordinates(grids: readonly PatchGrid[]): BigInt64Array {
  const coordinates: number[] = [];
  for (const { rows, columns } of grids) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) coordinates.push(row, column);
    }
  }
  return BigInt64Array.from(coordinates, BigInt);
}

/** The tokens' own positions, or those of the full grid. */
export function positionsOf({ positions, batch, grid }: Tokens): TokenPositions {
  if (positions !== undefined) return positions;
  const coordinates = gridCoordinates(Array.from({ length: batch }, () => grid));
  return {
    coordinates: constant(coordinates, [coordinates.length / 2, 2]),
    limit: Math.max(grid.rows, grid.columns),
  };
}

import { type BlockFactorization, blockFactorization } from "./block-cholesky.ts";
import type { BlockPattern } from "./block-matrix.ts";
import { openBlockProducts } from "./block-products.ts";
import { TrackBlocks } from "./track-blocks.ts";

/** Products of blocks up to which an exact solution is worth its time: some seconds. Walks of a thousand photos take a tenth of it. */
const MOST_PAIRS = 1.5e7;

/** The objective's damped normal equations, points eliminated: S x = right, with the step x of photos and cameras. */
export interface ReducedSystem {
  readonly pattern: BlockPattern;
  /** How S is factorized; undefined where that would take too long. */
  readonly factorization: BlockFactorization | undefined;
  /** S. */
  readonly values: Float64Array;
  readonly right: Float64Array;
  /** The objective's gradient by the unknowns of photos and cameras. */
  readonly gradient: Float64Array;
  /** What damping multiplies for them: the diagonal of JᵀJ, 1 where that is 0. */
  readonly scale: Float64Array;
  /** Eliminates points from it, one after the other. */
  readonly track: TrackBlocks;
}

/**
 * Room for the system of a pattern.
 * @param longestTrack the most observations that a point has
 */
export function emptyReducedSystem(pattern: BlockPattern, longestTrack: number): ReducedSystem {
  const count = pattern.offsets.at(-1)!;
  const most = Math.min(pattern.offsets.length - 1, 2 * longestTrack);
  const size = pattern.valueStarts.at(-1)!;
  const products = openBlockProducts(size + TrackBlocks.room(most));
  return {
    pattern,
    factorization: blockFactorization(pattern, MOST_PAIRS),
    values: products.numbers.subarray(0, size),
    right: new Float64Array(count),
    gradient: new Float64Array(count),
    scale: new Float64Array(count),
    track: new TrackBlocks(pattern, products, most),
  };
}

import { conjugateGradients, type LinearMap } from "../geometry/conjugate-gradients.ts";
import { solvePositiveDefinite } from "../geometry/solve-positive-definite.ts";
import { factorizeBlocks, solveBlocks } from "./block-cholesky.ts";
import { type BlockPattern, blockSize, diagonalBlock, multiplyBlocks } from "./block-matrix.ts";
import type { ReducedSystem } from "./reduced-system.ts";

/** Steps need not be exact, for the next one mends what is left. */
const TOLERANCE = 1e-3;
const MAX_ITERATIONS = 200;

/**
 * The solution of the reduced system; undefined where it is not positive definite, as far as numbers can tell. By Cholesky's
 * factorization where that is not too much, for then it is exact: conjugate gradients hardly get to what changes slowly along many photos.
 */
export function solveReduced({ pattern, factorization, values, right }: ReducedSystem): Float64Array | undefined {
  if (factorization !== undefined) {
    const factor = factorizeBlocks(factorization, pattern, values);
    return factor && solveBlocks(factorization, factor, right);
  }
  const precondition = blockJacobi(pattern, values);
  const product = new Float64Array(right.length);
  const multiply: LinearMap = (x) => {
    multiplyBlocks(pattern, values, x, product);
    return product;
  };
  return (
    precondition &&
    conjugateGradients(multiply, precondition, right, { tolerance: TOLERANCE, maxIterations: MAX_ITERATIONS })
  );
}

/** Multiplies by the inverses of the blocks on the diagonal; undefined where one is not positive definite. */
function blockJacobi(pattern: BlockPattern, values: Float64Array): LinearMap | undefined {
  const { offsets } = pattern;
  const inverses: Float64Array[] = [];
  for (let block = 0; block < offsets.length - 1; block++) {
    const size = blockSize(offsets, block);
    const at = diagonalBlock(pattern, block);
    const inverse = invertPositiveDefinite(values.subarray(at, at + size * size), size);
    if (inverse === undefined) return undefined;
    inverses.push(inverse);
  }
  const product = new Float64Array(offsets.at(-1)!);
  return (x) => {
    inverses.forEach((inverse, block) => {
      const [first, end] = [offsets[block]!, offsets[block + 1]!];
      for (let i = first, at = 0; i < end; i++) {
        let sum = 0;
        for (let j = first; j < end; j++, at++) sum += inverse[at]! * x[j]!;
        product[i] = sum;
      }
    });
    return product;
  };
}

function invertPositiveDefinite(matrix: Float64Array, size: number): Float64Array | undefined {
  const inverse = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    const unit = new Float64Array(size);
    unit[row] = 1;
    const solution = solvePositiveDefinite(matrix, unit);
    if (solution === undefined) return undefined;
    inverse.set(solution, row * size);
  }
  return inverse;
}

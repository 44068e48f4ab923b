import { conjugateGradients, type LinearMap } from "../../geometry/conjugate-gradients.ts";
import { factorizePositiveDefinite, solveFactorized } from "../../geometry/solve-positive-definite.ts";
import { type Constraints, projectFree } from "./constraints.ts";
import { type GroupCurvature, groupCorrection } from "./group-correction.ts";
import { type ImageHessian, lowerIndex } from "./hessian.ts";
import { cameraOffset, edgeOffset, WORLD_CAMERA_DOF, WORLD_EDGE_DOF } from "./world.ts";

const MAX_ITERATIONS = 200;

/** What a step is to be like. */
export interface StepOptions {
  readonly damping: number;
  /** What may be left of the equations. */
  readonly residual: number;
  readonly constraints: Constraints;
}

/**
 * The Levenberg-Marquardt step: the change of the world that solves (H + damping · diag H) x = −gradient among the free
 * changes. The matrix is never assembled: conjugate gradients multiply by one image after another, with a block-Jacobi
 * preconditioner of cameras and edges, and among many images one of the motions of groups besides.
 */
export function newtonStep(
  hessians: readonly ImageHessian[],
  gradient: Float64Array,
  { damping, residual: tolerance, constraints }: StepOptions,
  curvature?: GroupCurvature,
): Float64Array {
  const places = hessians.map((hessian, i) => parametersOf(hessian, i, hessians.length));
  const blocks = diagonalBlocks(hessians, gradient.length);
  const b = gradient.map((value) => -value);
  projectFree(b, constraints);
  const dampers = dampedDiagonal(blocks, gradient.length, damping);
  const isBalanced = constraints.balanced.length > 0;
  const byBlocks = blockPreconditioner(blocks, damping, constraints.frozen);
  const byGroups = curvature && groupCorrection(curvature, { dampers, isBalanced });
  return conjugateGradients(
    dampedProduct(hessians, places, dampers, constraints),
    (residual) => {
      const change = byBlocks(residual);
      byGroups?.(residual).forEach((value, k) => {
        change[k]! += value;
      });
      projectFree(change, constraints);
      return change;
    },
    b,
    { tolerance, maxIterations: MAX_ITERATIONS },
  );
}

/** Where the parameters of an image's Hessian are among all. */
function parametersOf({ edges }: ImageHessian, image: number, images: number): Int32Array {
  const runs: number[][] = [run(cameraOffset(image), WORLD_CAMERA_DOF)];
  for (const edge of edges) runs.push(run(edgeOffset(images, edge), WORLD_EDGE_DOF));
  return Int32Array.from(runs.flat());
}

function run(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => first + k);
}

/** A camera's or an edge's block on the Hessian's diagonal. */
interface DiagonalBlock {
  readonly offset: number;
  readonly size: number;
  readonly matrix: Float64Array;
}

function diagonalBlocks(hessians: readonly ImageHessian[], parameters: number): DiagonalBlock[] {
  const images = hessians.length;
  const edges = (parameters - edgeOffset(images, 0)) / WORLD_EDGE_DOF;
  const block = (offset: number, size: number): DiagonalBlock => ({
    offset,
    size,
    matrix: new Float64Array(size * size),
  });
  const cameraBlocks = run(0, images).map((i) => block(cameraOffset(i), WORLD_CAMERA_DOF));
  const edgeBlocks = run(0, edges).map((e) => block(edgeOffset(images, e), WORLD_EDGE_DOF));
  hessians.forEach((hessian, i) => {
    addBlock(cameraBlocks[i]!, hessian, 0);
    hessian.edges.forEach((edge, k) => {
      addBlock(edgeBlocks[edge]!, hessian, WORLD_CAMERA_DOF + WORLD_EDGE_DOF * k);
    });
  });
  return [...cameraBlocks, ...edgeBlocks];
}

function addBlock(block: DiagonalBlock, { matrix }: ImageHessian, first: number): void {
  for (let row = 0; row < block.size; row++) {
    for (let column = 0; column < block.size; column++) {
      block.matrix[row * block.size + column]! += matrix[lowerIndex(first + row, first + column)]!;
    }
  }
}

/** What damping adds to the Hessian's diagonal, by parameter. */
function dampedDiagonal(blocks: readonly DiagonalBlock[], parameters: number, damping: number): Float64Array {
  const diagonal = new Float64Array(parameters);
  for (const { offset, size, matrix } of blocks) {
    for (let k = 0; k < size; k++) diagonal[offset + k] = damping * matrix[k * size + k]!;
  }
  return diagonal;
}

function dampedProduct(
  hessians: readonly ImageHessian[],
  places: readonly Int32Array[],
  dampers: Float64Array,
  constraints: Constraints,
): LinearMap {
  return (x) => {
    const product = new Float64Array(x.length);
    hessians.forEach((hessian, i) => {
      addProduct(hessian, places[i]!, x, product);
    });
    for (let k = 0; k < product.length; k++) product[k]! += dampers[k]! * x[k]!;
    projectFree(product, constraints);
    return product;
  };
}

/** Adds to `product` that of an image's Hessian with its part of `x`: both triangles at once. */
function addProduct({ matrix, size }: ImageHessian, place: Int32Array, x: Float64Array, product: Float64Array): void {
  const own = new Float64Array(size);
  for (let row = 0; row < size; row++) own[row] = x[place[row]!]!;
  const sums = new Float64Array(size);
  for (let row = 0, at = 0; row < size; row++, at++) {
    const factor = own[row]!;
    let sum = matrix[at + row]! * factor;
    for (let column = 0; column < row; column++, at++) {
      const value = matrix[at]!;
      sum += value * own[column]!;
      sums[column]! += value * factor;
    }
    sums[row]! += sum;
  }
  for (let row = 0; row < size; row++) product[place[row]!]! += sums[row]!;
}

function blockPreconditioner(blocks: readonly DiagonalBlock[], damping: number, frozen: Uint8Array): LinearMap {
  const inverses = blocks.map((block) => invertBlock(block, damping, frozen));
  return (x) => {
    const result = new Float64Array(x.length);
    blocks.forEach(({ offset, size }, i) => {
      const inverse = inverses[i]!;
      for (let row = 0; row < size; row++) {
        let sum = 0;
        for (let column = 0; column < size; column++) sum += inverse[row * size + column]! * x[offset + column]!;
        result[offset + row] = sum;
      }
    });
    return result;
  };
}

/** The inverse of a damped block without its frozen parameters; of its diagonal where the block is singular. */
function invertBlock({ offset, size, matrix }: DiagonalBlock, damping: number, frozen: Uint8Array): Float64Array {
  const damped = matrix.map((value, at) => {
    const row = Math.floor(at / size);
    const column = at % size;
    if (row === column) return frozen[offset + row] || value === 0 ? 1 : value * (1 + damping);
    return frozen[offset + row] || frozen[offset + column] ? 0 : value;
  });
  const factor = factorizePositiveDefinite(damped, size);
  const inverse = new Float64Array(size * size);
  for (let column = 0; column < size; column++) {
    const unit = new Float64Array(size);
    unit[column] = 1;
    const solution = factor && solveFactorized(factor, unit);
    for (let row = 0; row < size; row++) {
      inverse[row * size + column] = solution?.[row] ?? (row === column ? 1 / damped[row * size + row]! : 0);
    }
  }
  return inverse;
}

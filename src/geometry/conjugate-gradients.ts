/** A linear map of vectors of one length; it may write into what it returns before. */
export type LinearMap = (x: Float64Array) => Float64Array;

/** When to stop. */
export interface ConjugateGradientOptions {
  /** The residual, as the preconditioner measures it, relative to the one at zero. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/**
 * The solution x of A x = b for a symmetric positive semidefinite A, by preconditioned conjugate gradients from zero;
 * whatever it is stopped at makes ½ xᵀ A x − bᵀ x smaller than zero does.
 */
export function conjugateGradients(
  multiply: LinearMap,
  precondition: LinearMap,
  b: Float64Array,
  { tolerance, maxIterations }: ConjugateGradientOptions,
): Float64Array {
  const x = new Float64Array(b.length);
  const residual = b.slice();
  let preconditioned = precondition(residual);
  const direction = preconditioned.slice();
  let size = dot(residual, preconditioned);
  const enough = tolerance ** 2 * size;
  for (let iteration = 0; iteration < maxIterations && size > enough; iteration++) {
    const product = multiply(direction);
    const curvature = dot(direction, product);
    if (!(curvature > 0)) break;
    const step = size / curvature;
    for (let i = 0; i < x.length; i++) {
      x[i]! += step * direction[i]!;
      residual[i]! -= step * product[i]!;
    }
    preconditioned = precondition(residual);
    const next = dot(residual, preconditioned);
    for (let i = 0; i < x.length; i++) direction[i] = preconditioned[i]! + (next / size) * direction[i]!;
    size = next;
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

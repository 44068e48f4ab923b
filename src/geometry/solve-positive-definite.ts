/**
 * The solution x of `a x = b` by Cholesky's factorization; `a` is symmetric positive definite, `[n, n]` with n the
 * length of `b`, of which only the lower triangle is read. Undefined where `a` is not positive definite.
 */
export function solvePositiveDefinite(a: Float64Array, b: Float64Array): Float64Array | undefined {
  const factor = factorizePositiveDefinite(a, b.length);
  return factor && solveFactorized(factor, b);
}

/** Cholesky's factor of `a`, as `solvePositiveDefinite` takes it: `[n, n]`, lower triangular. Undefined where there is none. */
export function factorizePositiveDefinite(a: Float64Array, n: number): Float64Array | undefined {
  const factor = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    for (let column = 0; column <= row; column++) {
      let sum = a[row * n + column]!;
      for (let k = 0; k < column; k++) sum -= factor[row * n + k]! * factor[column * n + k]!;
      if (row !== column) factor[row * n + column] = sum / factor[column * n + column]!;
      else if (sum > 0) factor[row * n + row] = Math.sqrt(sum);
      else return undefined;
    }
  }
  return factor;
}

/** The solution x of `a x = b` for the matrix of which this is the factor. */
export function solveFactorized(factor: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const x = b.slice();
  for (let row = 0; row < n; row++) {
    for (let k = 0; k < row; k++) x[row]! -= factor[row * n + k]! * x[k]!;
    x[row]! /= factor[row * n + row]!;
  }
  for (let row = n - 1; row >= 0; row--) {
    for (let k = row + 1; k < n; k++) x[row]! -= factor[k * n + row]! * x[k]!;
    x[row]! /= factor[row * n + row]!;
  }
  return x;
}

/**
 * Which entries of the lower triangle of a symmetric matrix are stored: those of each row from the first that is not zero to the
 * diagonal. Cholesky's factor has no others.
 */
export interface Envelope {
  /** By row, its first column that is stored. */
  readonly firsts: Int32Array;
  /** By row, where its column 0 would lie among the values of all rows. */
  readonly offsets: Int32Array;
  /** Values of all rows. */
  readonly size: number;
}

/** The envelope of a matrix whose rows begin at these columns, none beyond the diagonal. */
export function envelopeOf(firsts: Int32Array): Envelope {
  const offsets = new Int32Array(firsts.length);
  let size = 0;
  firsts.forEach((first, row) => {
    offsets[row] = size - first;
    size += row - first + 1;
  });
  return { firsts, offsets, size };
}

/** Puts Cholesky's factor in the place of the values. False where the matrix is not positive definite. */
export function factorizeEnvelope({ firsts, offsets }: Envelope, values: Float64Array): boolean {
  for (let row = 0; row < firsts.length; row++) {
    const at = offsets[row]!;
    for (let column = firsts[row]!; column <= row; column++) {
      const other = offsets[column]!;
      let sum = values[at + column]!;
      for (let k = Math.max(firsts[row]!, firsts[column]!); k < column; k++)
        sum -= values[at + k]! * values[other + k]!;
      if (column < row) values[at + column] = sum / values[other + column]!;
      else if (sum > 0) values[at + row] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Puts the solution of the system in the place of its right side, by the factor of its matrix. */
export function solveEnvelope({ firsts, offsets }: Envelope, factor: Float64Array, x: Float64Array): void {
  for (let row = 0; row < x.length; row++) {
    for (let k = firsts[row]!; k < row; k++) x[row]! -= factor[offsets[row]! + k]! * x[k]!;
    x[row]! /= factor[offsets[row]! + row]!;
  }
  for (let row = x.length - 1; row >= 0; row--) {
    x[row]! /= factor[offsets[row]! + row]!;
    for (let k = firsts[row]!; k < row; k++) x[k]! -= factor[offsets[row]! + k]! * x[row]!;
  }
}

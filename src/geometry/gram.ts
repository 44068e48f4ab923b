/** The rows whose products are added, and what they are multiplied by. */
interface GramOptions {
  /** Rows there are. */
  readonly size: number;
  readonly length: number;
  readonly factor?: number;
}

/**
 * matrix += factor · rows rowsᵀ in the lower triangle of `matrix` `[size, size]`, for `rows` `[size, length]`. Two rows by two
 * at a time: every value that is read serves twice.
 */
export function addGram(matrix: Float64Array, rows: Float64Array, { size, length, factor = 1 }: GramOptions): void {
  for (let i = 0; i < size; i += 2) {
    const i0 = i * length;
    const i1 = Math.min(i + 1, size - 1) * length;
    for (let j = 0; j <= i; j += 2) {
      const j0 = j * length;
      const j1 = Math.min(j + 1, size - 1) * length;
      let s00 = 0;
      let s01 = 0;
      let s10 = 0;
      let s11 = 0;
      for (let k = 0; k < length; k++) {
        const a0 = rows[i0 + k]!;
        const a1 = rows[i1 + k]!;
        const b0 = rows[j0 + k]!;
        const b1 = rows[j1 + k]!;
        s00 += a0 * b0;
        s01 += a0 * b1;
        s10 += a1 * b0;
        s11 += a1 * b1;
      }
      matrix[i * size + j]! += factor * s00;
      if (j + 1 < size) matrix[i * size + j + 1]! += factor * s01;
      if (i + 1 < size) matrix[(i + 1) * size + j]! += factor * s10;
      if (i + 1 < size && j + 1 < size) matrix[(i + 1) * size + j + 1]! += factor * s11;
    }
  }
}

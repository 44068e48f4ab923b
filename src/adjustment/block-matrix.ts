/**
 * Which blocks of a symmetric matrix may not be zero, of its lower triangle: unknowns come in blocks of a few, and block rows
 * list their columns. The block on the diagonal is always there, the last of its row.
 */
export interface BlockPattern {
  /** `[blocks + 1]`: unknowns before each block, and in all. */
  readonly offsets: Uint32Array;
  /** `[blocks + 1]`: row i has the entries from `rowStarts[i]` to before `rowStarts[i + 1]`. */
  readonly rowStarts: Uint32Array;
  /** `[entries]`, ascending in each row. */
  readonly columns: Uint32Array;
  /** `[entries + 1]`: where the values of an entry start, `[rows, columns]` of its block; of the diagonal the lower triangle counts. */
  readonly valueStarts: Uint32Array;
}

/** The pattern whose row i has the columns that `columnsOf` lists, all below i, in any order and each once. */
export function blockPattern(offsets: Uint32Array, columnsOf: (row: number) => ArrayLike<number>): BlockPattern {
  const blocks = offsets.length - 1;
  const rows = Array.from({ length: blocks }, (_, row) =>
    Uint32Array.from([...Array.from(columnsOf(row)), row]).sort(),
  );
  const rowStarts = new Uint32Array(blocks + 1);
  rows.forEach(({ length }, row) => {
    rowStarts[row + 1] = rowStarts[row]! + length;
  });
  const columns = new Uint32Array(rowStarts[blocks]!);
  const valueStarts = new Uint32Array(columns.length + 1);
  rows.forEach((list, row) => {
    columns.set(list, rowStarts[row]!);
    list.forEach((column, k) => {
      const entry = rowStarts[row]! + k;
      valueStarts[entry + 1] = valueStarts[entry]! + blockSize(offsets, row) * blockSize(offsets, column);
    });
  });
  return { offsets, rowStarts, columns, valueStarts };
}

/** Unknowns of a block. */
export function blockSize(offsets: Uint32Array, block: number): number {
  return offsets[block + 1]! - offsets[block]!;
}

/** Where the values of a block that is in the pattern start. */
export function findBlock({ rowStarts, columns, valueStarts }: BlockPattern, row: number, column: number): number {
  let low = rowStarts[row]!;
  let high = rowStarts[row + 1]! - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (columns[middle]! < column) low = middle + 1;
    else high = middle;
  }
  return valueStarts[low]!;
}

/** Where the values of a block on the diagonal start. */
export function diagonalBlock({ rowStarts, valueStarts }: BlockPattern, block: number): number {
  return valueStarts[rowStarts[block + 1]! - 1]!;
}

/** product = A x. */
export function multiplyBlocks(
  pattern: BlockPattern,
  values: Float64Array,
  x: Float64Array,
  product: Float64Array,
): void {
  const { offsets, rowStarts, columns, valueStarts } = pattern;
  product.fill(0);
  for (let row = 0; row < rowStarts.length - 1; row++) {
    const [first, end] = [offsets[row]!, offsets[row + 1]!];
    const diagonal = rowStarts[row + 1]! - 1;
    for (let entry = rowStarts[row]!; entry < diagonal; entry++) {
      const [left, right] = [offsets[columns[entry]!]!, offsets[columns[entry]! + 1]!];
      let at = valueStarts[entry]!;
      for (let i = first; i < end; i++) {
        const factor = x[i]!;
        let sum = 0;
        for (let j = left; j < right; j++, at++) {
          sum += values[at]! * x[j]!;
          product[j]! += values[at]! * factor;
        }
        product[i]! += sum;
      }
    }
    let at = valueStarts[diagonal]!;
    for (let i = first; i < end; i++, at += end - first) {
      for (let j = first; j < i; j++) {
        product[i]! += values[at + j - first]! * x[j]!;
        product[j]! += values[at + j - first]! * x[i]!;
      }
      product[i]! += values[at + i - first]! * x[i]!;
    }
  }
}

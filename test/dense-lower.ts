import { type BlockPattern, blockSize } from "../src/adjustment/block-matrix.ts";

/** The matrix as `[n, n]`, its lower triangle. */
export function denseLower(
  { offsets, rowStarts, columns, valueStarts }: BlockPattern,
  values: Float64Array,
): Float64Array {
  const blocks = offsets.length - 1;
  const n = offsets[blocks]!;
  const dense = new Float64Array(n * n);
  for (let row = 0; row < blocks; row++) {
    for (let entry = rowStarts[row]!; entry < rowStarts[row + 1]!; entry++) {
      const size = blockSize(offsets, columns[entry]!);
      const left = offsets[columns[entry]!]!;
      for (let i = offsets[row]!, at = valueStarts[entry]!; i < offsets[row + 1]!; i++, at += size) {
        for (let j = 0; j < size; j++) dense[i * n + left + j] = values[at + j]!;
      }
    }
  }
  return dense;
}

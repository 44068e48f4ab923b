import { eliminationOrder } from "../geometry/elimination-order.ts";
import { type BlockPattern, blockSize } from "./block-matrix.ts";
import { type BlockProducts, openBlockProducts } from "./block-products.ts";

/**
 * How matrices of a block pattern are factorized: block columns in an order of elimination that leaves few blocks. Each is a panel of
 * values, `[rows, size]`: its own block on the diagonal, whose lower triangle counts, and below it those of later steps.
 */
export interface BlockFactorization {
  readonly steps: readonly Panel[];
  /** The panels' values, of the factor that was last, and after them room for a block. */
  readonly products: BlockProducts;
  /** Where that room is. */
  readonly scratch: number;
  /** `[entries]` of the pattern: where an entry's values start. */
  readonly places: Uint32Array;
  /** `[entries]`, 1 where it is transposed: in the panel of its row instead of its column. */
  readonly isTransposed: Uint8Array;
}

/** A block column of the factor. */
interface Panel {
  /** Where its unknowns start in the pattern's order, and how many they are. */
  readonly unknown: number;
  readonly width: number;
  /** Steps that it has blocks of, ascending, itself first. */
  readonly members: Uint32Array;
  /** `[members + 1]`: the rows before each member's, and in all. */
  readonly rows: Uint32Array;
  /** Where its values start. */
  readonly start: number;
}

/** The factorization of a pattern; undefined where it takes more than `mostPairs` products of blocks. */
export function blockFactorization(pattern: BlockPattern, mostPairs: number): BlockFactorization | undefined {
  const { offsets, rowStarts, columns } = pattern;
  const blocks = offsets.length - 1;
  const elimination = eliminationOrder(blocks, offDiagonal(pattern), mostPairs);
  if (elimination === undefined) return undefined;
  const { order, later } = elimination;
  const step = new Uint32Array(blocks);
  for (const [k, block] of order.entries()) step[block] = k;
  let size = 0;
  const steps = order.map((block, k): Panel => {
    const width = blockSize(offsets, block);
    const members = Uint32Array.of(k, ...later[k]!);
    const rows = new Uint32Array(members.length + 1);
    for (const [i, member] of members.entries()) rows[i + 1] = rows[i]! + blockSize(offsets, order[member]!);
    const start = size;
    size += rows.at(-1)! * width;
    return { unknown: offsets[block]!, width, members, rows, start };
  });
  const places = new Uint32Array(columns.length);
  const isTransposed = new Uint8Array(columns.length);
  for (let row = 0; row < blocks; row++) {
    for (let entry = rowStarts[row]!; entry < rowStarts[row + 1]!; entry++) {
      const [a, b] = [step[row]!, step[columns[entry]!]!];
      const { members, rows, width, start } = steps[Math.min(a, b)]!;
      places[entry] = start + rows[members.indexOf(Math.max(a, b))]! * width;
      isTransposed[entry] = a < b ? 1 : 0;
    }
  }
  const largest = Math.max(0, ...steps.map(({ width }) => width));
  return { steps, products: openBlockProducts(size + largest ** 2), scratch: size, places, isTransposed };
}

function* offDiagonal({ rowStarts, columns }: BlockPattern): Generator<readonly [row: number, column: number]> {
  for (let row = 0; row < rowStarts.length - 1; row++)
    for (let entry = rowStarts[row]!; entry < rowStarts[row + 1]! - 1; entry++) yield [row, columns[entry]!];
}

/**
 * Cholesky's factor of a matrix of the pattern, panel after panel, where the factorization has its values: the next factor takes its
 * place. Undefined where the matrix is not positive definite, as far as numbers can tell.
 */
export function factorizeBlocks(
  factorization: BlockFactorization,
  pattern: BlockPattern,
  values: Float64Array,
): Float64Array | undefined {
  gather(factorization, pattern, values);
  const { steps, products, scratch } = factorization;
  const { numbers } = products;
  for (const panel of steps) {
    if (!eliminatePanel(panel, numbers)) return undefined;
    const { members, rows, width, start } = panel;
    for (let k = 1; k < members.length; k++) {
      const target = steps[members[k]!]!;
      transpose(numbers, start + rows[k]! * width, scratch, target.width, width);
      for (let i = k, at = 0; i < members.length; i++, at++) {
        // What a column has below the diagonal, the panels of its members have, too.
        while (target.members[at] !== members[i]) at++;
        products.subtract(
          target.start + target.rows[at]! * target.width,
          start + rows[i]! * width,
          scratch,
          rows[i + 1]! - rows[i]!,
          target.width,
          width,
        );
      }
    }
  }
  return numbers;
}

/** Copies a block `[height, width]` to a place, transposed. */
function transpose(numbers: Float64Array, from: number, to: number, height: number, width: number): void {
  for (let i = 0, at = from; i < height; i++)
    for (let j = 0; j < width; j++, at++) numbers[to + j * height + i] = numbers[at]!;
}

/** The values of a matrix to the panels, with zeros where the factor has more blocks. */
function gather(
  { products, places, isTransposed }: BlockFactorization,
  { offsets, rowStarts, columns, valueStarts }: BlockPattern,
  values: Float64Array,
): void {
  const { numbers } = products;
  numbers.fill(0);
  for (let block = 0; block < rowStarts.length - 1; block++) {
    const height = blockSize(offsets, block);
    for (let entry = rowStarts[block]!; entry < rowStarts[block + 1]!; entry++) {
      const width = blockSize(offsets, columns[entry]!);
      const place = places[entry]!;
      for (let i = 0, from = valueStarts[entry]!; i < height; i++)
        for (let j = 0; j < width; j++, from++)
          numbers[place + (isTransposed[entry] === 1 ? j * height + i : i * width + j)] = values[from]!;
    }
  }
}

/** Factorizes the block on the diagonal and divides what is below by it. */
function eliminatePanel({ width, rows, start }: Panel, factor: Float64Array): boolean {
  for (let row = 0, at = start; row < rows.at(-1)!; row++, at += width) {
    for (let column = 0, other = start; column < width && column <= row; column++, other += width) {
      let sum = factor[at + column]!;
      for (let k = 0; k < column; k++) sum -= factor[at + k]! * factor[other + k]!;
      if (column < row) factor[at + column] = sum / factor[other + column]!;
      else if (sum > 0) factor[at + column] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** The solution of the system, by its factor. */
export function solveBlocks({ steps }: BlockFactorization, factor: Float64Array, right: Float64Array): Float64Array {
  const x = right.slice();
  for (const panel of steps) {
    const { unknown, width, start, members, rows } = panel;
    for (let i = 0, at = start; i < width; i++, at += width) {
      for (let k = 0; k < i; k++) x[unknown + i]! -= factor[at + k]! * x[unknown + k]!;
      x[unknown + i]! /= factor[at + i]!;
    }
    for (let member = 1, at = start + width * width; member < members.length; member++) {
      const below = steps[members[member]!]!.unknown;
      for (let i = 0; i < rows[member + 1]! - rows[member]!; i++, at += width)
        for (let k = 0; k < width; k++) x[below + i]! -= factor[at + k]! * x[unknown + k]!;
    }
  }
  for (const panel of steps.toReversed()) {
    const { unknown, width, start, members, rows } = panel;
    for (let member = 1, at = start + width * width; member < members.length; member++) {
      const below = steps[members[member]!]!.unknown;
      for (let i = 0; i < rows[member + 1]! - rows[member]!; i++, at += width)
        for (let k = 0; k < width; k++) x[unknown + k]! -= factor[at + k]! * x[below + i]!;
    }
    for (let i = width - 1; i >= 0; i--) {
      for (let k = i + 1; k < width; k++) x[unknown + i]! -= factor[start + k * width + i]! * x[unknown + k]!;
      x[unknown + i]! /= factor[start + i * width + i]!;
    }
  }
  return x;
}

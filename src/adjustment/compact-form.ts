import { compactOrder } from "../geometry/compact-order.ts";
import { type Envelope, envelopeOf, factorizeEnvelope, solveEnvelope } from "../geometry/envelope-cholesky.ts";
import type { BlockPattern } from "./block-matrix.ts";

/** A block matrix in an order of its blocks that keeps rows short. */
export interface CompactForm {
  /** `[unknowns]`: the row of each. */
  readonly rows: Int32Array;
  readonly envelope: Envelope;
}

/** Every step of an adjustment has the same pattern. */
const compactForms = new WeakMap<BlockPattern, CompactForm>();

/** The compact form of a pattern. */
export function compactForm(pattern: BlockPattern): CompactForm {
  const known = compactForms.get(pattern);
  if (known !== undefined) return known;
  const { offsets } = pattern;
  const blocks = offsets.length - 1;
  const degrees = new Int32Array(blocks);
  for (const [row, column] of offDiagonal(pattern)) {
    degrees[row]!++;
    degrees[column]!++;
  }
  // A camera that most photos share stands last: anywhere else it would make all rows long.
  const isHub = Array.from(degrees, (degree) => degree > blocks / 2);
  const inner = [...offDiagonal(pattern)].filter(([a, b]) => !isHub[a] && !isHub[b]);
  const order = compactOrder(blocks, inner);
  const rows = new Int32Array(offsets.at(-1)!);
  let next = 0;
  for (const block of [...order.filter((block) => !isHub[block]), ...order.filter((block) => isHub[block])])
    for (let unknown = offsets[block]!; unknown < offsets[block + 1]!; unknown++) rows[unknown] = next++;
  const firsts = Int32Array.from(rows, (_, row) => row);
  for (let block = 0; block < blocks; block++) lengthen(firsts, rows, offsets, [block, block]);
  for (const pair of offDiagonal(pattern)) lengthen(firsts, rows, offsets, pair);
  const form = { rows, envelope: envelopeOf(firsts) };
  compactForms.set(pattern, form);
  return form;
}

function* offDiagonal({ rowStarts, columns }: BlockPattern): Generator<readonly [row: number, column: number]> {
  for (let row = 0; row < rowStarts.length - 1; row++)
    for (let entry = rowStarts[row]!; entry < rowStarts[row + 1]! - 1; entry++) yield [row, columns[entry]!];
}

/** Makes the rows of two blocks long enough for the entries that they have in common. */
function lengthen(
  firsts: Int32Array,
  rows: Int32Array,
  offsets: Uint32Array,
  [block1, block2]: readonly [number, number],
): void {
  const [first1, first2] = [rows[offsets[block1]!]!, rows[offsets[block2]!]!];
  const [later, first] = first1 > first2 ? [block1, first2] : [block2, first1];
  for (let unknown = offsets[later]!; unknown < offsets[later + 1]!; unknown++) {
    const row = rows[unknown]!;
    firsts[row] = Math.min(firsts[row]!, first);
  }
}

/** The solution of a system of that pattern; undefined where it is not positive definite, as far as numbers can tell. */
export function solveCompact(
  { rows, envelope }: CompactForm,
  { offsets, rowStarts, columns, valueStarts }: BlockPattern,
  { values, right }: { readonly values: Float64Array; readonly right: Float64Array },
): Float64Array | undefined {
  const factor = new Float64Array(envelope.size);
  for (let block = 0; block < offsets.length - 1; block++) {
    for (let entry = rowStarts[block]!; entry < rowStarts[block + 1]!; entry++) {
      const [left, end] = [offsets[columns[entry]!]!, offsets[columns[entry]! + 1]!];
      let at = valueStarts[entry]!;
      for (let i = offsets[block]!; i < offsets[block + 1]!; i++) {
        for (let j = left; j < end; j++, at++) {
          // Of a block on the diagonal the lower triangle counts.
          if (j > i && left === offsets[block]!) continue;
          const [row, column] = rows[i]! > rows[j]! ? [rows[i]!, rows[j]!] : [rows[j]!, rows[i]!];
          factor[envelope.offsets[row]! + column] = values[at]!;
        }
      }
    }
  }
  if (!factorizeEnvelope(envelope, factor)) return undefined;
  const ordered = new Float64Array(right.length);
  rows.forEach((row, unknown) => {
    ordered[row] = right[unknown]!;
  });
  solveEnvelope(envelope, factor, ordered);
  return Float64Array.from(rows, (row) => ordered[row]!);
}

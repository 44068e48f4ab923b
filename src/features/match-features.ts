import {
  type BestMatches,
  MAX_DISTANCE,
  type MatchOptions,
  mutualMatches,
  noMatches,
  offerMatch,
} from "./best-matches.ts";
import { DESCRIPTOR_LENGTH, type Features } from "./features.ts";
import { type MatchKernels, openMatchKernels } from "./match-kernels.ts";

/** Lowe's ratio, for features of which nothing else is known. */
const RATIO = 0.8;

/** Rows and columns that the kernel compares at once; there are as many as fill them up, the last ones zero. */
const ROWS = 4;
const COLUMNS = 8;
/** Columns that stay in the processor's cache while all rows pass by. */
const CHUNK = 512;
const GROUP = 4;
const WIDE = 2 * DESCRIPTOR_LENGTH;
const STATE = 48;

/**
 * Features of two photos that are each other's most similar, and clearly more so than the second most similar of either
 * photo: `[n, 2]` indices into `a` and `b`, by rising index into `a`.
 */
export function matchFeatures(a: Features, b: Features, options: MatchOptions = {}): Uint32Array {
  const { ratio = RATIO, maxDistance = MAX_DISTANCE } = options;
  if (a.count === 0 || b.count === 0) return new Uint32Array(0);
  return mutualMatches(...bestOfAll(a, b), { ratio, maxDistance });
}

function bestOfAll(a: Features, b: Features): readonly [BestMatches, BestMatches] {
  const rows = ROWS * Math.ceil(a.count / ROWS);
  const columns = COLUMNS * Math.ceil(b.count / COLUMNS);
  let end = 0;
  const reserve = (bytes: number): number => {
    end += bytes;
    return end - bytes;
  };
  const scratch = reserve(4 * ROWS * COLUMNS);
  const rowStates = reserve(rows * STATE);
  const groupStates = reserve((columns / GROUP) * STATE);
  const wideRows = reserve(rows * WIDE);
  const groups = reserve(columns * WIDE);
  const given = reserve(Math.max(rows, columns) * DESCRIPTOR_LENGTH);
  const kernels = openMatchKernels(end);
  putDescriptors(kernels, given, a, rows);
  kernels.widen(wideRows, given, rows);
  putDescriptors(kernels, given, b, columns);
  kernels.interleave(groups, given, columns / GROUP);
  for (let column = 0; column < columns; column += CHUNK) {
    const chunk = groups + column * WIDE;
    const chunkEnd = groups + Math.min(columns, column + CHUNK) * WIDE;
    const states = groupStates + (column / GROUP) * STATE;
    for (let row = 0; row < rows; row += ROWS) {
      const [four, fourStates] = [wideRows + row * WIDE, rowStates + row * STATE];
      kernels.compare(four, row, fourStates, chunk, chunkEnd, column, states, scratch);
    }
  }
  const values = new Int32Array(kernels.memory.buffer);
  return [bestOfRows(values, rowStates / 4, a.count), bestOfColumns(values, groupStates / 4, b.count)];
}

function putDescriptors({ memory }: MatchKernels, place: number, { descriptors }: Features, count: number): void {
  const bytes = new Uint8Array(memory.buffer, place, count * DESCRIPTOR_LENGTH);
  bytes.set(descriptors);
  bytes.fill(0, descriptors.length);
}

/** The best of the four lanes of each row. */
function bestOfRows(values: Int32Array, states: number, count: number): BestMatches {
  const best = noMatches(count);
  for (let row = 0; row < count; row++) {
    const at = states + row * (STATE / 4);
    for (let lane = at; lane < at + GROUP; lane++) {
      offerMatch(best, row, values[lane + 2 * GROUP]!, values[lane]!);
      best.second[row] = Math.max(best.second[row]!, values[lane + GROUP]!);
    }
  }
  return best;
}

function bestOfColumns(values: Int32Array, states: number, count: number): BestMatches {
  const best = noMatches(count);
  for (let column = 0; column < count; column++) {
    const lane = states + Math.floor(column / GROUP) * (STATE / 4) + (column % GROUP);
    best.dot[column] = values[lane]!;
    best.second[column] = values[lane + GROUP]!;
    best.index[column] = values[lane + 2 * GROUP]!;
  }
  return best;
}

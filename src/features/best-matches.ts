/** Which matches count. */
export interface MatchOptions {
  /** Most that the best's distance may be of the second best's (Lowe 2004, section 7.1). */
  readonly ratio?: number | undefined;
  /** Greatest distance of two descriptors, as unit vectors. */
  readonly maxDistance?: number | undefined;
}

/** Beyond it, two descriptors are of different things, whatever the others look like. */
export const MAX_DISTANCE = 0.7;

/** For each feature the most similar one that it was compared with: dot products of descriptors and, above 0, its index. */
export interface BestMatches {
  readonly index: Int32Array;
  readonly dot: Int32Array;
  /** The dot product with the second most similar. */
  readonly second: Int32Array;
}

/** Best matches of features that were compared with none so far. */
export function noMatches(count: number): BestMatches {
  return { index: new Int32Array(count), dot: new Int32Array(count), second: new Int32Array(count) };
}

/** Compares feature `at` with the one of that index; of equally similar ones the lowest index is kept. */
export function offerMatch({ index, dot, second }: BestMatches, at: number, other: number, product: number): void {
  const best = dot[at]!;
  second[at] = Math.max(second[at]!, Math.min(best, product));
  if (product < best || (product === best && other >= index[at]!)) return;
  dot[at] = product;
  index[at] = other;
}

/**
 * Features that are each other's best match, and clearly better than the second best of either: `[n, 2]` indices, by
 * rising first index.
 */
export function mutualMatches(
  best1: BestMatches,
  best2: BestMatches,
  { ratio, maxDistance }: { readonly ratio: number; readonly maxDistance: number },
): Uint32Array {
  const matches: number[] = [];
  for (let i = 0; i < best1.index.length; i++) {
    const j = best1.index[i]!;
    const dot = best1.dot[i]!;
    if (dot === 0 || best2.index[j] !== i) continue;
    const squared = squaredDistance(dot);
    const second = squaredDistance(Math.max(best1.second[i]!, best2.second[j]!));
    if (squared <= maxDistance ** 2 && squared < ratio ** 2 * second) matches.push(i, j);
  }
  return Uint32Array.from(matches);
}

/** Squared length of a descriptor. */
const SQUARED_LENGTH = 512 ** 2;

function squaredDistance(dot: number): number {
  return Math.max(0, 2 - (2 * dot) / SQUARED_LENGTH);
}

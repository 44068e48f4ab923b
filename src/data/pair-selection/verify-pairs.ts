import type { RunOptions } from "../../core/progress.ts";
import type { SelectedPair } from "./by-overlap.ts";

/** How pairs are verified. */
export interface VerifyOptions extends RunOptions {
  /** Points of one image that match a point of the other, and are matched by it. */
  readonly countMatches: (first: number, second: number) => Promise<number>;
  /** So many there must be: chance alone gives some. */
  readonly leastMatches: number;
}

/** Of pairs that look alike, those that show the same place: their images have enough mutual matches. */
export async function verifyPairs(
  candidates: readonly SelectedPair[],
  { countMatches, leastMatches, onProgress, signal }: VerifyOptions,
): Promise<readonly SelectedPair[]> {
  const verified: SelectedPair[] = [];
  for (const [done, pair] of candidates.entries()) {
    signal?.throwIfAborted();
    if ((await countMatches(pair.first, pair.second)) >= leastMatches) verified.push(pair);
    onProgress?.({ stage: "prepare", done: done + 1, total: candidates.length });
  }
  return verified;
}

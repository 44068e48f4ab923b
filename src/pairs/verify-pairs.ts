import type { RunOptions } from "../core/progress.ts";
import type { SelectedPair } from "./selected-pair.ts";

/** How pairs are verified. */
export interface VerifyOptions extends RunOptions {
  /** The share of an image's points that match a point of the other and are matched by it, 0 to 1. */
  readonly matchingShare: (first: number, second: number) => Promise<number>;
  /** The least share of a verified pair: chance alone gives some. */
  readonly leastShare: number;
}

/** Of pairs that look alike, those that show the same place: their images have enough mutual matches. */
export async function verifyPairs(
  candidates: readonly SelectedPair[],
  { matchingShare, leastShare, onProgress, signal }: VerifyOptions,
): Promise<readonly SelectedPair[]> {
  const verified: SelectedPair[] = [];
  for (const [done, pair] of candidates.entries()) {
    signal?.throwIfAborted();
    if ((await matchingShare(pair.first, pair.second)) >= leastShare) verified.push(pair);
    onProgress?.({ stage: "check", done: done + 1, total: candidates.length });
  }
  return verified;
}

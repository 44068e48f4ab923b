import type { PairPrediction } from "../core/pair-prediction.ts";
import { mutualNearestNeighbors } from "../geometry/nearest-neighbors.ts";
import { pointsAt } from "./pixel-samples.ts";
import { subpixelCoordinates } from "./subpixel.ts";

/** Corresponding pixels of a pair, by their indices in the two views. */
export interface PairMatches {
  /** `[count]`, pixels of view 1. */
  readonly indices1: Uint32Array;
  /** `[count]`, pixels of view 2. */
  readonly indices2: Uint32Array;
  /** `[count]`, at least 1: the geometric mean of both pixels' confidences. */
  readonly confidence: Float32Array;
}

/**
 * Section 3.3 of the paper: two pixels correspond when their points are each other's nearest neighbors in the pair's
 * common frame. Only the given pixels of each view take part.
 */
export function matchPointmaps(
  { pointmap1, confidence1, pointmap2, confidence2 }: PairPrediction,
  pixels1: Int32Array,
  pixels2: Int32Array,
): PairMatches {
  const neighbors = mutualNearestNeighbors(pointsAt(pointmap1, pixels1), pointsAt(pointmap2, pixels2));
  const indices1 = neighbors.indices1.map((i) => pixels1[i]!);
  const indices2 = neighbors.indices2.map((i) => pixels2[i]!);
  const confidence = new Float32Array(indices1.length);
  for (let i = 0; i < confidence.length; i++) {
    confidence[i] = Math.sqrt(confidence1[indices1[i]!]! * confidence2[indices2[i]!]!);
  }
  return { indices1, indices2, confidence };
}

/** Where exactly, `[count, 2]` (x, y) in pixels of view 1, the matches' pixels of view 2 are seen. */
export function exactPixels1({ pointmap1, size1, pointmap2 }: PairPrediction, matches: PairMatches): Float32Array {
  return subpixelCoordinates(pointmap1, size1, matches.indices1, pointsAt(pointmap2, matches.indices2));
}

/** Where exactly, `[count, 2]` (x, y) in pixels of view 2, the matches' pixels of view 1 are seen. */
export function exactPixels2({ pointmap1, pointmap2, size2 }: PairPrediction, matches: PairMatches): Float32Array {
  return subpixelCoordinates(pointmap2, size2, matches.indices2, pointsAt(pointmap1, matches.indices1));
}

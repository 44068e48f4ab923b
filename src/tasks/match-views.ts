import type { PairPrediction } from "../core/pair-prediction.ts";
import type { View } from "../core/view.ts";
import { mapPixels } from "../geometry/pixel-mapping.ts";
import { exactPixels1, exactPixels2, matchPointmaps, type PairMatches } from "./pair-matches.ts";
import { coordinatesOf, samplePixels } from "./pixel-samples.ts";

/** Which pixels take part in matching. */
export interface MatchOptions {
  /**
   * Only pixels of at least this confidence are matched. Left out, it is 3, or the median confidence of a view of which
   * less than a tenth reaches that.
   */
  readonly minConfidence?: number | undefined;
}

/**
 * Corresponding pixels of two photos, the most confident first. Each pixel of the network's images takes part at most
 * once.
 */
export interface PhotoMatches {
  /** `[count, 2]` (x, y), in original pixels of photo 1. */
  readonly pixels1: Float32Array;
  /** `[count, 2]` (x, y), in original pixels of photo 2. */
  readonly pixels2: Float32Array;
  /** `[count]`, at least 1: the geometric mean of both pixels' confidences. */
  readonly confidence: Float32Array;
}

/**
 * Pixel matches of two photos from one or both of their ordered pairs, which name `views` by index (the paper's section
 * 3.3: mutual nearest neighbors of the pointmaps). Where both directions match a pixel, the more confident one counts. Photo 1
 * is matched at the centers of the network's pixels, photo 2 between them. No matches at all is an answer too.
 */
export function matchViews(
  views: readonly [View, View],
  predictions: readonly PairPrediction[],
  options: MatchOptions = {},
): PhotoMatches {
  const matches = onePerPixel(predictions.map((prediction) => matchPair(prediction, options)));
  const [view1, view2] = views;
  return {
    pixels1: mapPixels(coordinatesOf(matches.indices1, view1.width), view1.originalFromNetwork),
    pixels2: mapPixels(matches.exact2, view2.originalFromNetwork),
    confidence: matches.confidence,
  };
}

/** Matches of photo 1 with photo 2, whichever direction they come from. */
interface DirectedMatches extends PairMatches {
  /** `[count, 2]` (x, y), in network pixels of photo 2: where the pixel of photo 1 is seen there. */
  readonly exact2: Float32Array;
}

function matchPair(prediction: PairPrediction, { minConfidence }: MatchOptions): DirectedMatches {
  const pixels1 = samplePixels(prediction.confidence1, minConfidence);
  const pixels2 = samplePixels(prediction.confidence2, minConfidence);
  const matches = matchPointmaps(prediction, pixels1, pixels2);
  if (prediction.view1 === 0) return { ...matches, exact2: exactPixels2(prediction, matches) };
  const { indices1, indices2, confidence } = matches;
  return { indices1: indices2, indices2: indices1, confidence, exact2: exactPixels1(prediction, matches) };
}

/** Several lists as one: the most confident first, and each pixel of either photo at most once. */
function onePerPixel(lists: readonly DirectedMatches[]): DirectedMatches {
  const indices1 = lists.flatMap((list) => Array.from(list.indices1));
  const indices2 = lists.flatMap((list) => Array.from(list.indices2));
  const exact2 = lists.flatMap((list) => Array.from(list.exact2));
  const confidence = lists.flatMap((list) => Array.from(list.confidence));
  const taken1 = new Set<number>();
  const taken2 = new Set<number>();
  const byConfidence = Uint32Array.from(confidence.keys()).sort((a, b) => confidence[b]! - confidence[a]!);
  const chosen = byConfidence.filter((i) => {
    if (taken1.has(indices1[i]!) || taken2.has(indices2[i]!)) return false;
    taken1.add(indices1[i]!);
    taken2.add(indices2[i]!);
    return true;
  });
  return {
    indices1: chosen.map((i) => indices1[i]!),
    indices2: chosen.map((i) => indices2[i]!),
    exact2: Float32Array.from({ length: 2 * chosen.length }, (_, k) => exact2[2 * chosen[k >> 1]! + (k & 1)]!),
    confidence: Float32Array.from(chosen, (i) => confidence[i]!),
  };
}

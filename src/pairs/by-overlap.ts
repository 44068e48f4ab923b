import { overlapOf } from "../rgbd/overlap.ts";
import { fittingSize, resizeDepth } from "../rgbd/resize-view.ts";
import type { DepthView } from "../rgbd/rgbd-view.ts";
import type { OverlapRange } from "./choose-pair.ts";
import type { SelectedPair } from "./selected-pair.ts";

/** Which pairs are taken. */
export interface OverlapSelection {
  /** Range of the mutual overlap of a pair: less is too hard, more is too easy to learn from. */
  readonly range: OverlapRange;
  /** Partners that a view chooses. */
  readonly partners: number;
}

/** Every view gets up to 10 partners, from low to high overlap. */
export const OVERLAP_SELECTION: OverlapSelection = { range: [0.1, 0.9], partners: 10 };

/** Enough pixels to tell how much two views share. */
const THUMBNAIL = { width: 64, height: 64 };

/** A view's depth at a low resolution: all that is needed of it to select pairs. */
export function depthThumbnail(view: DepthView): DepthView {
  return resizeDepth(view, fittingSize(view, THUMBNAIL));
}

/**
 * The pairs of a scene that are worth training on: mutual overlap, measured through depth and poses, lies in the range, and
 * every view has partners of all degrees of it.
 */
export function pairsByOverlap(
  views: readonly DepthView[],
  { range, partners }: OverlapSelection = OVERLAP_SELECTION,
): readonly SelectedPair[] {
  const mutual: SelectedPair[][] = views.map(() => []);
  for (let i = 0; i < views.length; i++) {
    for (let j = i + 1; j < views.length; j++) {
      const there = overlapOf(views[i]!, views[j]!);
      // Most pairs of a large scene have nothing in common.
      if (there === 0) continue;
      const score = (there + overlapOf(views[j]!, views[i]!)) / 2;
      if (score < range[0] || score > range[1]) continue;
      const pair = { first: i, second: j, score };
      mutual[i]!.push(pair);
      mutual[j]!.push(pair);
    }
  }
  const chosen = new Set(
    mutual.flatMap((pairs) =>
      evenlySpread(
        pairs.sort((a, b) => a.score - b.score),
        partners,
      ),
    ),
  );
  return [...chosen].sort((a, b) => a.first - b.first || a.second - b.second);
}

function evenlySpread<T>(values: readonly T[], count: number): T[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / count)]!);
}

import { pairScore } from "../alignment/pair-confidence.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Size, View } from "../core/view.ts";
import { fieldOfView } from "../geometry/camera.ts";
import { estimateFocal } from "../geometry/focal.ts";
import { confidenceWeights } from "./confidence-weights.ts";

/** What a photo's lens is, as the network judges it. */
export interface PhotoFocal {
  /** In original pixels. */
  readonly focal: number;
  /** The angle in radians that the original photo spans horizontally. */
  readonly fovX: number;
}

/**
 * The focal length of every view, from the surest prediction that has it as view 1: of the photo paired with itself
 * (monocular), or of a pair in both directions (binocular). Undefined for a view whose pointmaps hold none.
 */
export function estimateFocals(
  views: readonly View[],
  predictions: readonly PairPrediction[],
): readonly (PhotoFocal | undefined)[] {
  const surestFirst = predictions.toSorted((a, b) => pairScore(b) - pairScore(a));
  return views.map(({ original, originalFromNetwork: { scaleX, scaleY } }, view) => {
    const own = surestFirst.find(({ view1 }) => view1 === view);
    const inNetwork = own && confidentFocal(own.pointmap1, own.size1, own.confidence1);
    if (inNetwork === undefined) return undefined;
    // The network's pixels may be square only nearly.
    const focal = inNetwork * Math.sqrt(scaleX * scaleY);
    return { focal, fovX: fieldOfView(original.width, focal) };
  });
}

/** The focal length in network pixels of a pointmap in its own camera's frame; undefined where it holds none. */
export function confidentFocal(pointmap: Float32Array, size: Size, confidence: Float32Array): number | undefined {
  return estimateFocal(pointmap, size, { confidence: confidenceWeights(confidence) });
}

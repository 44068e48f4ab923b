import type { PairPrediction } from "../core/pair-prediction.ts";
import type { WeightedPair, WeightedPointmap } from "./global/observation.ts";

/** Pixels of confidence 1 still give their depth where there is nothing better. */
const LEAST_WEIGHT = 1e-6;

/**
 * A prediction as global alignment holds it: pixels are weighted by the logarithm of their confidence, masked ones by
 * 0. One that is read from a disk is not held.
 */
export function weightedPair(prediction: PairPrediction): WeightedPair {
  const { view1, view2, size1, size2, stored } = prediction;
  const pixels = [size1.width * size1.height, size2.width * size2.height] as const;
  const pair = { view1, view2, pixels, spool: stored?.spool };
  if (stored === undefined) {
    const held: readonly WeightedPointmap[] = [
      { points: prediction.pointmap1, weights: toWeights(prediction.confidence1.slice()) },
      { points: prediction.pointmap2, weights: toWeights(prediction.confidence2.slice()) },
    ];
    return { ...pair, side: (side) => held[side]! };
  }
  const { pointmap1, confidence1, pointmap2, confidence2 } = stored.read;
  return {
    ...pair,
    side(side, room = new Float32Array(4 * pixels[side])) {
      const [points, weights] = [room.subarray(0, 3 * pixels[side]), room.subarray(3 * pixels[side])];
      return side === 0
        ? { points: pointmap1(points), weights: toWeights(confidence1(weights)) }
        : { points: pointmap2(points), weights: toWeights(confidence2(weights)) };
    },
  };
}

/** Makes confidences weights; gives them. */
function toWeights(confidence: Float32Array): Float32Array {
  for (let i = 0; i < confidence.length; i++)
    confidence[i] = confidence[i]! > 0 ? Math.max(LEAST_WEIGHT, Math.log(confidence[i]!)) : 0;
  return confidence;
}

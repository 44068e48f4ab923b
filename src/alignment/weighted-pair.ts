import type { PairPrediction } from "../core/pair-prediction.ts";
import type { WeightedPair } from "./global/observation.ts";

/** Pixels of confidence 1 still give their depth where there is nothing better. */
const LEAST_WEIGHT = 1e-6;

/**
 * A prediction as global alignment holds it: pixels are weighted by the logarithm of their confidence, masked ones by
 * 0.
 */
export function weightedPair(prediction: PairPrediction): WeightedPair {
  const { view1, view2, pointmap1, pointmap2, confidence1, confidence2 } = prediction;
  return {
    view1,
    view2,
    pointmaps: [pointmap1, pointmap2],
    weights: [confidenceWeights(confidence1), confidenceWeights(confidence2)],
  };
}

function confidenceWeights(confidence: Float32Array): Float32Array {
  const weights = new Float32Array(confidence.length);
  for (let i = 0; i < weights.length; i++) {
    if (confidence[i]! > 0) weights[i] = Math.max(LEAST_WEIGHT, Math.log(confidence[i]!));
  }
  return weights;
}

import type { PairPrediction } from "../core/pair-prediction.ts";
import type { WeightedPair, WeightedPointmap } from "./global/observation.ts";

/** Pixels of confidence 1 still give their depth where there is nothing better. */
const LEAST_WEIGHT = 1e-6;

/**
 * A prediction as global alignment holds it: pixels are weighted by the logarithm of their confidence, masked ones by
 * 0. One that is read from a disk is not held.
 */
export function weightedPair(prediction: PairPrediction): WeightedPair {
  const { view1, view2, size1, size2 } = prediction;
  const look = (side: 0 | 1): WeightedPointmap =>
    side === 0
      ? { points: prediction.pointmap1, weights: confidenceWeights(prediction.confidence1) }
      : { points: prediction.pointmap2, weights: confidenceWeights(prediction.confidence2) };
  const held = prediction.spool ? undefined : ([look(0), look(1)] as const);
  return {
    view1,
    view2,
    pixels: [size1.width * size1.height, size2.width * size2.height],
    side: (side) => held?.[side] ?? look(side),
    spool: prediction.spool,
  };
}

function confidenceWeights(confidence: Float32Array): Float32Array {
  const weights = new Float32Array(confidence.length);
  for (let i = 0; i < weights.length; i++) {
    if (confidence[i]! > 0) weights[i] = Math.max(LEAST_WEIGHT, Math.log(confidence[i]!));
  }
  return weights;
}

import type { PairPrediction } from "../core/pair-prediction.ts";
import type { ScenePair } from "../core/scene.ts";

/** The network's confidence in a pair: the product of its two mean confidences, at least 1. */
export function pairScore({ confidence1, confidence2 }: PairPrediction): number {
  return mean(confidence1) * mean(confidence2);
}

/** A pair as the scene lists it. */
export function scenePair({ view1, view2, confidence1, confidence2 }: PairPrediction): ScenePair {
  const total = mean(confidence1) * confidence1.length + mean(confidence2) * confidence2.length;
  const own = mean(confidence1.map(Math.log));
  return {
    image1: view1,
    image2: view2,
    meanConfidence: total / (confidence1.length + confidence2.length),
    relativeConfidence: own > 0 ? mean(confidence2.map(Math.log)) / own : undefined,
  };
}

/** Raises each pixel of `best` to its confidence in one more pair. */
export function raiseConfidence(best: Float32Array, confidence: Float32Array): void {
  for (let i = 0; i < best.length; i++) if (confidence[i]! > best[i]!) best[i] = confidence[i]!;
}

function mean(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

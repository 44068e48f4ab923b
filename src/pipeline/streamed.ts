import type { PairPrediction } from "../core/pair-prediction.ts";

/** Predictions that are there, as alignment takes them. */
export async function* streamed(predictions: readonly PairPrediction[]): AsyncGenerator<PairPrediction> {
  yield* predictions;
}

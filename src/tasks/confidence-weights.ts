/**
 * How much each pixel weighs, `[height, width]`: the logarithm of its confidence, as in the paper's global alignment, so
 * that what the network knows nothing of (confidence 1: sky, say) has no say. Equal weights where that is everything.
 */
export function confidenceWeights(confidence: Float32Array): Float32Array {
  const weights = confidence.map((c) => Math.log(Math.max(c, 1)));
  return weights.some((weight) => weight > 0) ? weights : weights.fill(1);
}

/**
 * Weights of pixels, `[height, width]`: the logarithm of the confidence, as in the paper's global alignment, so that
 * pixels without evidence (confidence 1: sky, for example) weigh nothing. Equal weights where that is everything.
 */
export function confidenceWeights(confidence: Float32Array): Float32Array {
  const weights = confidence.map((c) => Math.log(Math.max(c, 1)));
  return weights.some((weight) => weight > 0) ? weights : weights.fill(1);
}

import type { SelectedPair } from "./by-overlap.ts";

/** The mean of an image's token features `[tokens, dim]`, of unit length: a short description of the whole image. */
export function pooledFeature(tokens: Float32Array, dim: number): Float32Array {
  const pooled = new Float32Array(dim);
  for (let i = 0; i < tokens.length; i++) pooled[i % dim]! += tokens[i]!;
  const length = Math.hypot(...pooled);
  return length > 0 ? pooled.map((value) => value / length) : pooled;
}

/**
 * Pairs of images that look alike: each image with those whose features are most similar to its own, by their cosine. Pairs
 * come once, the most similar first. What looks alike need not be the same place: see `verifyPairs`.
 * @param features of unit length, one an image, as `pooledFeature` gives them
 * @param partners how many an image chooses
 */
export function pairsByRetrieval(features: readonly Float32Array[], partners: number): readonly SelectedPair[] {
  const pairs = new Map<string, SelectedPair>();
  for (const [i, feature] of features.entries()) {
    const others = features.flatMap((other, j) => (i === j ? [] : [{ j, score: cosine(feature, other) }]));
    others.sort((a, b) => b.score - a.score || a.j - b.j);
    for (const { j, score } of others.slice(0, partners)) {
      const [first, second] = [Math.min(i, j), Math.max(i, j)];
      pairs.set(`${first} ${second}`, { first, second, score });
    }
  }
  return [...pairs.values()].sort((a, b) => b.score - a.score || a.first - b.first || a.second - b.second);
}

function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

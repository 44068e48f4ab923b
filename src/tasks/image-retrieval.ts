/** What stands for a whole image when images are compared, `[dim]`. */
export type Descriptor = Float64Array;

/** The mean of an image's encoder features `[tokens, dim]`. */
export function describeFeatures(features: Float32Array, dim: number): Descriptor {
  const descriptor = new Float64Array(dim);
  for (let i = 0; i < features.length; i++) descriptor[i % dim]! += features[i]! / (features.length / dim);
  return descriptor;
}

/**
 * Indices of the `count` descriptors most like a query's, best first, by the cosine between differences from the mean of
 * all. A simple measure: the encoder was not trained for retrieval.
 */
export function mostSimilar(query: Descriptor, descriptors: readonly Descriptor[], count: number): number[] {
  const mean = new Float64Array(query.length);
  for (const descriptor of descriptors) {
    for (let k = 0; k < mean.length; k++) mean[k]! += descriptor[k]! / descriptors.length;
  }
  const similarity = descriptors.map((descriptor) => {
    let [product, ofQuery, ofOther] = [0, 0, 0];
    for (let k = 0; k < mean.length; k++) {
      const [a, b] = [query[k]! - mean[k]!, descriptor[k]! - mean[k]!];
      product += a * b;
      ofQuery += a * a;
      ofOther += b * b;
    }
    return product / Math.sqrt(ofQuery * ofOther || 1);
  });
  const order = [...descriptors.keys()].sort((i, j) => similarity[j]! - similarity[i]!);
  return order.slice(0, count);
}

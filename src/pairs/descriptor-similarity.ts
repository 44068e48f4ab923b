/**
 * How alike images look, by the descriptors `[dim]` of some and of others: `[some, others]`, the cosines between
 * differences from the mean of the others. Without subtracting the mean, what the descriptors of all images have in
 * common would dominate.
 */
export function similarities(some: readonly Float32Array[], others: readonly Float32Array[]): Float32Array {
  const mean = meanOf(others);
  const columns = others.map((descriptor) => direction(descriptor, mean));
  const similarity = new Float32Array(some.length * columns.length);
  for (const [row, descriptor] of some.entries()) {
    const query = direction(descriptor, mean);
    for (const [column, other] of columns.entries()) {
      let cosine = 0;
      for (let k = 0; k < query.length; k++) cosine += query[k]! * other[k]!;
      similarity[row * columns.length + column] = cosine;
    }
  }
  return similarity;
}

/** The indices of the `count` highest values, best first, of equal ones the first first. */
export function highest(values: ArrayLike<number>, count: number): number[] {
  return Array.from({ length: values.length }, (_, i) => i)
    .sort((i, j) => values[j]! - values[i]! || i - j)
    .slice(0, count);
}

/** The mean of descriptors `[dim]`. */
export function meanOf(descriptors: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(descriptors[0]?.length ?? 0);
  for (const descriptor of descriptors) {
    for (let k = 0; k < mean.length; k++) mean[k]! += descriptor[k]! / descriptors.length;
  }
  return mean;
}

function direction(descriptor: Float32Array, mean: Float64Array): Float32Array {
  const difference = descriptor.map((value, k) => value - mean[k]!);
  let square = 0;
  for (const value of difference) square += value * value;
  return square > 0 ? difference.map((value) => value / Math.sqrt(square)) : difference;
}

/**
 * How alike images look, by the descriptors `[dim]` of some and of others: `[some, others]`, the cosines between
 * differences from the mean of the others. Without subtracting the mean, what the descriptors of all images have in
 * common would dominate.
 */
export function similarities(some: readonly Float32Array[], others: readonly Float32Array[]): Float32Array {
  const mean = meanOf(others);
  const columns = directionsFrom(others, mean);
  const similarity = new Float32Array(some.length * columns.length);
  for (const [row, descriptor] of some.entries()) {
    const query = direction(descriptor, mean);
    for (const [column, other] of columns.entries())
      similarity[row * columns.length + column] = dotProduct(query, other);
  }
  return similarity;
}

/** How alike any two of many images look, as `similarities` has it, without a matrix of all. */
export function similarityAmong(descriptors: readonly Float32Array[]): (first: number, second: number) => number {
  const directions = directionsFrom(descriptors, meanOf(descriptors));
  return (first, second) => dotProduct(directions[first]!, directions[second]!);
}

/** The indices of the `count` highest values, best first, of equal ones the first first. */
export function highest(values: ArrayLike<number>, count: number): number[] {
  const best: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (best.length === count && !(count > 0 && values[i]! > values[best.at(-1)!]!)) continue;
    let at = best.length;
    while (at > 0 && values[i]! > values[best[at - 1]!]!) at--;
    best.splice(at, 0, i);
    if (best.length > count) best.pop();
  }
  return best;
}

/** The mean of descriptors `[dim]`. */
export function meanOf(descriptors: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(descriptors[0]?.length ?? 0);
  for (const descriptor of descriptors) {
    for (let k = 0; k < mean.length; k++) mean[k]! += descriptor[k]! / descriptors.length;
  }
  return mean;
}

function directionsFrom(descriptors: readonly Float32Array[], mean: Float64Array): Float32Array[] {
  return descriptors.map((descriptor) => direction(descriptor, mean));
}

function dotProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

function direction(descriptor: Float32Array, mean: Float64Array): Float32Array {
  const difference = descriptor.map((value, k) => value - mean[k]!);
  let square = 0;
  for (const value of difference) square += value * value;
  return square > 0 ? difference.map((value) => value / Math.sqrt(square)) : difference;
}

/** The mean; null of nothing. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The median, of an even number the mean of the middle two; null of nothing. */
export function median(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  const ordered = new Float64Array(values);
  const half = ordered.length >> 1;
  placeInOrder(ordered, half);
  if (ordered.length % 2 === 1) return ordered[half]!;
  let below = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < half; i++) below = Math.max(below, ordered[i]!);
  return (below + ordered[half]!) / 2;
}

/** Brings to place `k` the value that sorting would bring there, none larger before it and none smaller after it (Hoare). */
function placeInOrder(values: Float64Array, k: number): void {
  let first = 0;
  let last = values.length - 1;
  while (first < last) {
    const pivot = values[(first + last) >> 1]!;
    let low = first;
    let high = last;
    while (low <= high) {
      while (values[low]! < pivot) low++;
      while (values[high]! > pivot) high--;
      if (low > high) break;
      const value = values[low]!;
      values[low++] = values[high]!;
      values[high--] = value;
    }
    if (k <= high) last = high;
    else if (k >= low) first = low;
    else return;
  }
}

/** The share of values strictly below a threshold; null of nothing. */
export function shareBelow(values: readonly number[], threshold: number): number | null {
  return values.length === 0 ? null : values.filter((value) => value < threshold).length / values.length;
}

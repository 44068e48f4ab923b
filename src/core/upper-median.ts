/** The median, of an even number of values the upper of the middle two; undefined of none. */
export function upperMedian(values: ArrayLike<number>): number | undefined {
  if (values.length === 0) return undefined;
  const ordered = new Float64Array(values);
  const half = ordered.length >> 1;
  placeInOrder(ordered, half);
  return ordered[half];
}

/** Brings to place `k` the value that sorting would bring there, none larger before it and none smaller after it (Hoare). */
export function placeInOrder(values: Float64Array, k: number): void {
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

/** The mean; null of nothing. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The median, of an even number the mean of the middle two; null of nothing. */
export function median(values: ArrayLike<number>): number | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The share of values strictly below a threshold; null of nothing. */
export function shareBelow(values: readonly number[], threshold: number): number | null {
  return values.length === 0 ? null : values.filter((value) => value < threshold).length / values.length;
}

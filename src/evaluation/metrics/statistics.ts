import { placeInOrder } from "../../core/upper-median.ts";

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

/** The share of values strictly below a threshold; null of nothing. */
export function shareBelow(values: readonly number[], threshold: number): number | null {
  return values.length === 0 ? null : values.filter((value) => value < threshold).length / values.length;
}

/** Fewer ratios than this say little. */
const MIN_COUNT = 10;

/** The median of a / b where both are positive; undefined where that is hardly anywhere. */
export function medianRatio(a: Float32Array, b: Float32Array): number | undefined {
  const ratios = a.map((value, i) => value / b[i]!).filter((ratio) => ratio > 0 && Number.isFinite(ratio));
  return ratios.length < MIN_COUNT ? undefined : ratios.sort()[ratios.length >> 1];
}

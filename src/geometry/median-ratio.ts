import { upperMedian } from "../core/upper-median.ts";

/** Fewer ratios than this give no reliable median. */
const MIN_COUNT = 10;

/** The median of a / b where both are positive; undefined with too few of them. */
export function medianRatio(a: Float32Array, b: Float32Array): number | undefined {
  const ratios = a.map((value, i) => value / b[i]!).filter((ratio) => ratio > 0 && Number.isFinite(ratio));
  return ratios.length < MIN_COUNT ? undefined : upperMedian(ratios);
}

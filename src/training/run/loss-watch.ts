import { upperMedian } from "../../core/upper-median.ts";

/** Losses that a level is taken from. */
const WINDOW = 200;
/** Median absolute deviations above the lowest level that are too many. */
const SPREADS = 20;
/** Steps in a row above the limit that make an explosion. */
const PATIENCE = 100;

/** `high` is beyond the noise; `exploded` has been so for a hundred steps. */
export type LossTrend = "steady" | "high" | "exploded";

/**
 * Watches the losses of one stage for an explosion that is still a number: the level is the lowest median of 200 steps
 * that there was, and the limit lies 20 median absolute deviations above it. Losses of both signs are fine.
 */
export function watchLoss(): (loss: number) => LossTrend {
  const recent: number[] = [];
  let level = Number.POSITIVE_INFINITY;
  let limit = Number.POSITIVE_INFINITY;
  let above = 0;
  return (loss) => {
    if (loss > limit) return ++above >= PATIENCE ? "exploded" : "high";
    above = 0;
    recent.push(loss);
    if (recent.length > WINDOW) recent.shift();
    if (recent.length < WINDOW) return "steady";
    const median = upperMedian(recent)!;
    if (median < level) {
      level = median;
      limit = median + SPREADS * upperMedian(recent.map((value) => Math.abs(value - median)))!;
    }
    return "steady";
  };
}

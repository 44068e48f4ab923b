import { type Random, randomInteger } from "../../core/random.ts";
import type { Estimator, Score } from "./estimator.ts";

/** How long to search. */
export interface RansacOptions {
  readonly minIterations: number;
  readonly maxIterations: number;
  /** Probability of having drawn a sample without outliers at which the search may end. */
  readonly confidence: number;
}

/** The best model found. */
export interface RansacResult<Model> {
  readonly model: Model;
  readonly score: Score;
  /** Minimal samples drawn. */
  readonly iterations: number;
}

/** Samples after which refinement begins: of the first ones each second is the best so far, and soon forgotten. */
const FIRST_REFINED = 10;

/**
 * Locally optimized RANSAC (Chum et al. 2003): whenever a minimal sample gives the best model so far, that model is
 * refined on all it explains; the best of the first few all at once. Undefined when no sample gave a model that explains more
 * than its own sample.
 */
export function loRansac<Model>(
  estimator: Estimator<Model>,
  random: Random,
  { minIterations, maxIterations, confidence }: RansacOptions,
): RansacResult<Model> | undefined {
  const { sampleSize, count } = estimator;
  if (count <= sampleSize) return undefined;
  const sample = new Int32Array(sampleSize);
  let best: { model: Model; score: Score } | undefined;
  let needed = maxIterations;
  let iterations = 0;
  let isRefined = true;
  while (iterations < Math.max(minIterations, needed)) {
    drawSample(sample, count, random);
    iterations++;
    for (const minimal of estimator.solve(sample, best?.score.cost)) {
      const score = estimator.score(minimal, best?.score.cost);
      if (!(score.inliers > sampleSize) || (best !== undefined && !(score.cost < best.score.cost))) continue;
      best = { model: minimal, score };
      isRefined = false;
    }
    if (best === undefined || isRefined || iterations < Math.min(FIRST_REFINED, minIterations)) continue;
    isRefined = true;
    const refined = estimator.refine(best.model);
    const refinedScore = estimator.score(refined, best.score.cost);
    if (refinedScore.cost < best.score.cost) best = { model: refined, score: refinedScore };
    const cleanSample = (best.score.inliers / best.score.count) ** sampleSize;
    needed = Math.min(maxIterations, Math.log(1 - confidence) / Math.log1p(-cleanSample));
  }
  return best && { ...best, iterations };
}

/** Fills `sample` with distinct indices below `count`. */
function drawSample(sample: Int32Array, count: number, random: Random): void {
  for (let i = 0; i < sample.length; ) {
    const candidate = randomInteger(random, count);
    if (sample.indexOf(candidate) < 0 || sample.indexOf(candidate) >= i) sample[i++] = candidate;
  }
}

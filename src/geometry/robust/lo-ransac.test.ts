import { describe, expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import type { Estimator } from "./estimator.ts";
import { loRansac } from "./lo-ransac.ts";

const search = { minIterations: 10, maxIterations: 500, confidence: 0.999 };

/** The simplest problem of all: one number that most data agree on, a sample being one of them. */
function consensus(data: readonly number[], refine = true): Estimator<number> {
  const inliersOf = (model: number) => data.filter((x) => Math.abs(x - model) < 1);
  return {
    sampleSize: 1,
    count: data.length,
    solve: (sample) => [data[sample[0]!]!],
    score: (model) => ({
      cost: data.reduce((sum, x) => sum + Math.min(1, (x - model) ** 2), 0),
      inliers: inliersOf(model).length,
      count: data.length,
    }),
    refine: (model) => (refine ? inliersOf(model).reduce((a, b) => a + b, 0) / inliersOf(model).length : model),
  };
}

const data = [5.1, 4.9, 5.3, 4.7, 5, 90, -3, 40, 17, 63];

describe("loRansac", () => {
  test("finds what the majority agrees on and refines it", () => {
    const result = loRansac(consensus(data), seededRandom(1), search);
    expect(result?.model).toBeCloseTo(5, 12);
    expect(result?.score.inliers).toBe(5);
  });

  test("without refinement the best sample stands", () => {
    expect(data).toContain(loRansac(consensus(data, false), seededRandom(1), search)?.model);
  });

  test("ends early when most data agree, and looks on when few do", () => {
    const few = [5, 5.1, ...Array.from({ length: 98 }, (_, i) => 10 * i + 20)];
    const iterations = (values: readonly number[]) =>
      loRansac(consensus(values), seededRandom(1), search)?.iterations ?? 0;
    expect(iterations(data)).toBe(10);
    expect(iterations(few)).toBeGreaterThan(100);
  });

  test("equal seeds draw equal samples", () => {
    const run = () => {
      const drawn: number[] = [];
      const estimator = consensus(data);
      const solve = (sample: Int32Array) => {
        drawn.push(...sample);
        return estimator.solve(sample);
      };
      loRansac({ ...estimator, solve }, seededRandom("a"), search);
      return drawn;
    };
    expect(run()).toEqual(run());
  });

  test("samples have no repetitions", () => {
    const samples: number[][] = [];
    const estimator: Estimator<number> = {
      ...consensus([1, 2, 3, 4]),
      sampleSize: 3,
      solve: (sample) => {
        samples.push([...sample]);
        return [];
      },
    };
    expect(loRansac(estimator, seededRandom(1), search)).toBeUndefined();
    expect(samples.length).toBe(500);
    expect(samples.every((sample) => new Set(sample).size === 3 && Math.max(...sample) < 4)).toBe(true);
  });

  test("needs more data than a sample", () => {
    expect(loRansac(consensus([7]), seededRandom(1), search)).toBeUndefined();
  });
});

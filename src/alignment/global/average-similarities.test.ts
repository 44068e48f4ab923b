import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference, randomSimilarity } from "../../../test/random-geometry.ts";
import { composeSimilarities, invertSimilarity, type Similarity } from "../../geometry/similarity.ts";
import { averageSimilarities, type RelativeSimilarity } from "./average-similarities.ts";
import { robustPotentials } from "./robust-potentials.ts";

function measure(frames: readonly Similarity[], view1: number, view2: number): RelativeSimilarity {
  const frame1FromFrame2 = composeSimilarities(invertSimilarity(frames[view1]!), frames[view2]!);
  return { view1, view2, frame1FromFrame2, weight: 1 };
}

function expectFrames(found: readonly Similarity[], frames: readonly Similarity[], tolerance: number): void {
  const firstFromWorld = invertSimilarity(frames[0]!);
  frames.forEach((frame, i) => {
    const expected = composeSimilarities(firstFromWorld, frame);
    expect(Math.abs(found[i]!.scale / expected.scale - 1)).toBeLessThan(tolerance);
    expect(largestDifference(found[i]!.rotation, expected.rotation)).toBeLessThan(tolerance);
    const distance = largestDifference(found[i]!.translation, expected.translation);
    expect(distance).toBeLessThan(tolerance * (1 + Math.hypot(...expected.translation)));
  });
}

describe("averageSimilarities", () => {
  test("finds the frames behind exact measurements, along a chain too", () => {
    fc.assert(
      fc.property(anyRandom, fc.boolean(), (random, isChain) => {
        const frames = Array.from({ length: 6 }, () => randomSimilarity(random));
        const measurements = frames.flatMap((_, j) =>
          Array.from({ length: j }, (_, i) => (isChain && i < j - 1 ? [] : [measure(frames, i, j)])).flat(),
        );
        expectFrames(averageSimilarities(6, measurements), frames, 1e-6);
      }),
    );
  });

  test("outvotes a minority of wrong measurements", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const frames = Array.from({ length: 6 }, () => randomSimilarity(random));
        const measurements = frames.flatMap((_, j) => Array.from({ length: j }, (_, i) => measure(frames, i, j)));
        const wrong = measurements.map((m, k) => {
          return k % 5 === 4 ? { ...m, weight: 0.5, frame1FromFrame2: randomSimilarity(random) } : m;
        });
        expectFrames(averageSimilarities(6, wrong), frames, 0.1);
      }),
      { numRuns: 30 },
    );
  });
});

describe("robustPotentials", () => {
  test("takes the median of what disagrees", () => {
    const between = (difference: number) => ({ view1: 0, view2: 1, difference: [difference], weight: 1 });
    const [, [value]] = robustPotentials(2, [between(1), between(1.1), between(50)]) as [number[], [number]];
    expect(value).toBeCloseTo(1.1, 1);
  });
});

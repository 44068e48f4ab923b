import { describe, expect, test } from "vitest";
import { gaussian, type Random, seededRandom } from "../../core/random.ts";
import type { Vector3 } from "../../geometry/mat3.ts";
import { rotationFromVector } from "../../geometry/rotation.ts";
import { composeSimilarities, invertSimilarity, type Similarity } from "../../geometry/similarity.ts";
import type { RelativeSimilarity } from "./average-similarities.ts";
import { falseLoops } from "./false-loops.ts";

type Edge = readonly [number, number];

const COUNT = 60;
const NEXT: readonly Edge[] = Array.from({ length: COUNT }, (_, i) => [i + 1, i + 2, i + 3])
  .flatMap((others, i) => others.map((j) => [i, j] as const))
  .filter(([, j]) => j < COUNT);
/** The last photos show what the first ones do. */
const CLOSING: readonly Edge[] = [
  [0, COUNT - 1],
  [1, COUNT - 1],
  [0, COUNT - 2],
];

function vector(random: Random, size: number): Vector3 {
  return [size * gaussian(random), size * gaussian(random), size * gaussian(random)];
}

/** As a network measures it: 3° off, and 5 % of a step. */
function measured(frame1FromFrame2: Similarity, random: Random): Similarity {
  const scale = Math.exp(0.03 * gaussian(random));
  const error = { scale, rotation: rotationFromVector(vector(random, 0.03)), translation: vector(random, 0.05) };
  return composeSimilarities(frame1FromFrame2, error);
}

function measurements(frames: readonly Similarity[], edges: readonly Edge[], random: Random): RelativeSimilarity[] {
  return edges.flatMap(([a, b]) =>
    [[a, b] as const, [b, a] as const].map(([view1, view2]) => {
      const exact = composeSimilarities(invertSimilarity(frames[view1]!), frames[view2]!);
      return { view1, view2, frame1FromFrame2: measured(exact, random), weight: 0.5 + random() };
    }),
  );
}

/** A walk of steps of 1, straight on or once around. */
function walk(turn: number): Similarity[] {
  const radius = COUNT / (2 * Math.PI);
  return Array.from({ length: COUNT }, (_, i) => {
    const angle = (turn * 2 * Math.PI * i) / COUNT;
    const translation: Vector3 = turn ? [radius * Math.sin(angle), 0, radius * (1 - Math.cos(angle))] : [i, 0, 0];
    return { scale: 1, rotation: rotationFromVector([0, -angle, 0]), translation };
  });
}

describe("false loops", () => {
  const seeds = [0, 1, 2, 3];

  test("two places that look alike: the pairs between them are found, and no others", () => {
    for (const seed of seeds) {
      const random = seededRandom(`alike ${seed}`);
      const all = measurements(walk(0), NEXT, random);
      // Photos 20 to 22 seem to be where photos 45 to 47 are.
      const same = { scale: 1, rotation: rotationFromVector([0, 0, 0]), translation: [0, 0, 0] } as const;
      const alike = [20, 21, 22].map((view1) => {
        return { view1, view2: view1 + 25, frame1FromFrame2: measured(same, random), weight: 1 };
      });
      expect(falseLoops(COUNT, [...all, ...alike])).toEqual([
        [20, 45],
        [21, 46],
        [22, 47],
      ]);
    }
  });

  test("a walk that returns is closed, however far its pairs' errors carry it", () => {
    for (const seed of seeds) {
      const random = seededRandom(`around ${seed}`);
      expect(falseLoops(COUNT, measurements(walk(1), [...NEXT, ...CLOSING], random))).toEqual([]);
    }
  });

  test("a wrong pair of neighbors is no loop", () => {
    const random = seededRandom("neighbors");
    const all = measurements(walk(0), NEXT, random);
    const wrong = {
      ...all[60]!,
      frame1FromFrame2: { scale: 1, rotation: rotationFromVector([1, 2, 0]), translation: [3, 4, 5] } as const,
    };
    expect(falseLoops(COUNT, all.with(60, wrong))).toEqual([]);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference, randomPoints, randomSimilarity } from "../../test/random-geometry.ts";
import { gaussian } from "../core/random.ts";
import { transformPoints } from "./pose.ts";
import { registerPointsRobustly } from "./register-points-robustly.ts";
import { similarityMatrix } from "./similarity.ts";

describe("registerPointsRobustly", () => {
  test("finds the similarity although a fifth of the points are elsewhere", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const similarity = randomSimilarity(random);
        const source = randomPoints(random, 200);
        const target = transformPoints(similarityMatrix(similarity), source).map((value, i) => {
          return i % 15 < 3 ? value + 3 * similarity.scale * gaussian(random) : value;
        });
        const found = registerPointsRobustly(source, target, new Float32Array(200).fill(1));
        if (found.status === "failed") throw new Error(found.reason);
        expect(found.targetFromSource.scale / similarity.scale).toBeCloseTo(1, 2);
        expect(largestDifference(found.targetFromSource.rotation, similarity.rotation)).toBeLessThan(0.02);
      }),
      { numRuns: 30 },
    );
  });

  test("fails as registerPoints does on points that lie on a line", () => {
    const line = Float64Array.from({ length: 30 }, (_, i) => Math.floor(i / 3) * ((i % 3) + 1));
    expect(registerPointsRobustly(line, line, new Float32Array(10).fill(1)).status).toBe("failed");
  });
});

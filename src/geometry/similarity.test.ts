import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyRandom,
  largestDifference,
  randomPoints,
  randomPose,
  randomSimilarity,
} from "../../test/random-geometry.ts";
import { composePoses, transformPoints } from "./pose.ts";
import {
  composeSimilarities,
  IDENTITY_SIMILARITY,
  invertSimilarity,
  moveCamera,
  similarityMatrix,
} from "./similarity.ts";

describe("similarities", () => {
  test("compose and invert as their matrices do", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const [a, b] = [randomSimilarity(random), randomSimilarity(random)];
        const product = composePoses(similarityMatrix(a), similarityMatrix(b));
        const size = Math.max(...product.map(Math.abs));
        expect(largestDifference(similarityMatrix(composeSimilarities(a, b)), product) / size).toBeLessThan(1e-13);
        const undone = similarityMatrix(composeSimilarities(invertSimilarity(a), a));
        expect(largestDifference(undone, similarityMatrix(IDENTITY_SIMILARITY))).toBeLessThan(1e-11);
      }),
    );
  });

  test("scale what a camera sees, and leave its directions", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const [aFromB, bFromCam] = [randomSimilarity(random), randomPose(random)];
        const seen = randomPoints(random, 4);
        const moved = transformPoints(similarityMatrix(aFromB), transformPoints(bFromCam, seen));
        const grown = seen.map((x) => aFromB.scale * x);
        const expected = transformPoints(moveCamera(aFromB, bFromCam), grown);
        expect(largestDifference(moved, expected) / Math.max(1, aFromB.scale)).toBeLessThan(1e-12);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference, randomPose, randomSimilarity } from "../../../test/random-geometry.ts";
import { rigidPose, rotationOf } from "../../geometry/pose.ts";
import { moveCamera } from "../../geometry/similarity.ts";
import { registerOnKnownPoses, spreadOf } from "./known-poses.ts";

describe("registerOnKnownPoses", () => {
  test("finds the similarity from two cameras or more", () => {
    fc.assert(
      fc.property(anyRandom, fc.integer({ min: 2, max: 5 }), (random, count) => {
        const estimated = Array.from({ length: count }, () => randomPose(random));
        const similarity = randomSimilarity(random);
        const found = registerOnKnownPoses(
          estimated,
          estimated.map((pose) => moveCamera(similarity, pose)),
        );
        expect(found.scale / similarity.scale).toBeCloseTo(1, 6);
        expect(largestDifference(found.rotation, similarity.rotation)).toBeLessThan(1e-6);
      }),
    );
  });

  test("of one camera, or several in one place, keeps the scale", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const [estimated, known] = [randomPose(random), randomPose(random)];
        const turned = rigidPose(rotationOf(randomPose(random)), [known[3]!, known[7]!, known[11]!]);
        expect(registerOnKnownPoses([estimated], [known]).scale).toBeCloseTo(1, 9);
        expect(registerOnKnownPoses([estimated, randomPose(random)], [known, turned]).scale).toBeGreaterThan(0);
        expect(spreadOf([known, turned])).toBe(0);
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference, randomPoints, randomPose } from "../../test/random-geometry.ts";
import {
  composePoses,
  depthsOf,
  identityPose,
  invertRigid,
  rigidPose,
  rotationOf,
  transformPoints,
  translationOf,
} from "./pose.ts";

describe("rigid transforms", () => {
  test("are a group", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const [a, b, c] = [randomPose(random), randomPose(random), randomPose(random)];
        const left = composePoses(composePoses(a, b), c);
        expect(largestDifference(left, composePoses(a, composePoses(b, c)))).toBeLessThan(1e-12);
        expect(largestDifference(composePoses(a, invertRigid(a)), identityPose())).toBeLessThan(1e-12);
        expect(largestDifference(composePoses(invertRigid(a), a), identityPose())).toBeLessThan(1e-12);
        expect(composePoses(a, identityPose())).toEqual(a);
      }),
    );
  });

  test("act on points as they compose", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const [a, b] = [randomPose(random), randomPose(random)];
        const points = randomPoints(random, 5);
        const twice = transformPoints(a, transformPoints(b, points));
        expect(largestDifference(transformPoints(composePoses(a, b), points), twice)).toBeLessThan(1e-12);
      }),
    );
  });

  test("come apart and together again", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const pose = randomPose(random);
        expect(rigidPose(rotationOf(pose), translationOf(pose))).toEqual(pose);
      }),
    );
  });

  test("keep the points' number format", () => {
    expect(transformPoints(identityPose(), Float32Array.of(1, 2, 3))).toEqual(Float32Array.of(1, 2, 3));
  });
});

test("depth is the third coordinate in front of the camera, and 0 behind it", () => {
  const camFromWorld = rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [5, 5, 2]);
  const points = Float32Array.of(0, 0, 1, 0, 0, -2, 7, 8, -3, 0, 0, Number.NaN);
  expect(depthsOf(camFromWorld, points)).toEqual(Float32Array.of(3, 0, 0, 0));
});

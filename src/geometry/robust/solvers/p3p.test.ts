import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyRandom, largestDifference, randomPose, vectorsOf } from "../../../../test/random-geometry.ts";
import type { Pose } from "../../../core/camera.ts";
import type { Random } from "../../../core/random.ts";
import { determinant3, normalize, type Vector3 } from "../../mat3.ts";
import { invertRigid, rotationOf, transformPoints } from "../../pose.ts";
import { type P3PSample, solveP3P } from "./p3p.ts";

type Three = [Vector3, Vector3, Vector3];

function sampleSeenFrom(camFromWorld: Pose, seen: Float64Array): P3PSample {
  return {
    bearings: vectorsOf(seen).map(normalize) as Three,
    points: vectorsOf(transformPoints(invertRigid(camFromWorld), seen)) as Three,
  };
}

function inFrontOfCamera(random: Random): Float64Array {
  const point = () => {
    const z = 0.5 + 5 * random();
    return [z * (2 * random() - 1), z * (2 * random() - 1), z];
  };
  return Float64Array.from([point(), point(), point()].flat());
}

/** Largest difference between where a pose puts the points, as directions, and their bearings. */
function bearingError(pose: Pose, { bearings, points }: P3PSample): number {
  const directions = vectorsOf(transformPoints(pose, Float64Array.from(points.flat()))).map(normalize);
  return largestDifference(directions.flat(), bearings.flat());
}

describe("solveP3P", () => {
  test("every solution is a rigid pose that puts the points on their bearings; one is the truth", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const truth = randomPose(random);
        const sample = sampleSeenFrom(truth, inFrontOfCamera(random));
        const poses = solveP3P(sample);
        expect(poses.length).toBeLessThanOrEqual(4);
        for (const pose of poses) {
          expect(determinant3(rotationOf(pose))).toBeCloseTo(1, 9);
          expect(bearingError(pose, sample)).toBeLessThan(1e-9);
        }
        expect(Math.min(...poses.map((pose) => largestDifference(pose, truth)))).toBeLessThan(1e-4);
      }),
      { numRuns: 500 },
    );
  });

  test("an equilateral triangle seen head-on, where conics are degenerate", () => {
    const truth = Float64Array.of(1, 0, 0, 1, 0, 1, 0, 2, 0, 0, 1, 3, 0, 0, 0, 1);
    const [c, s] = [Math.cos(Math.PI / 3), Math.sin(Math.PI / 3)];
    const sample = sampleSeenFrom(truth, Float64Array.of(1, 0, 4, -c, s, 4, -c, -s, 4));
    const errors = solveP3P(sample).map((pose) => largestDifference(pose, truth));
    expect(Math.min(...errors)).toBeLessThan(1e-6);
  });

  test.each([
    ["in a line", [0, 0, 1, 1, 1, 2, 2, 2, 3]],
    ["two alike", [0, 0, 1, 0, 0, 1, 2, 2, 3]],
    ["all alike", [1, 1, 1, 1, 1, 1, 1, 1, 1]],
    ["not finite", [Number.NaN, 0, 1, 1, 0, 2, 0, 1, 2]],
  ])("three points %s have no pose", (_name, points) => {
    const sample = sampleSeenFrom(
      randomPose(() => 0.3),
      Float64Array.from(points),
    );
    expect(solveP3P(sample)).toEqual([]);
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom, randomPose, randomSimilarity } from "../../../test/random-geometry.ts";
import type { Pose } from "../../core/camera.ts";
import { IDENTITY3 } from "../../geometry/mat3.ts";
import { invertRigid, rigidPose } from "../../geometry/pose.ts";
import { moveCamera } from "../../geometry/similarity.ts";
import { centerError } from "./center-error.ts";

const at = (x: number, y: number, z = 0): Pose => rigidPose(IDENTITY3, [-x, -y, -z]);

test("a similarity of the world changes nothing", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const poses = Array.from({ length: 5 }, () => randomPose(random));
      const move = randomSimilarity(random);
      const moved = poses.map((pose) => invertRigid(moveCamera(move, invertRigid(pose))));
      expect(centerError(poses, moved)).toBeLessThan(1e-9);
    }),
  );
});

test("by hand: a square whose found corners are all in the middle of it", () => {
  const square = [at(0, 0), at(1, 0), at(1, 1), at(0, 1)];
  const found = square.map(() => at(3, 3));
  expect(centerError(square, found)).toBeCloseTo(Math.SQRT1_2 / Math.SQRT2, 12);
});

test("by hand: cameras in a line, the middle one a tenth too far", () => {
  const truth = [at(0, 0), at(1, 0), at(2, 0)];
  const found = [at(0, 0), at(0, 1.1), at(0, 2)];
  // Centered −1, 0, 1 and −1.0333…, 0.0666…, 0.9666…; the best scale is Σab / Σa².
  const source = [-31 / 30, 2 / 30, 29 / 30];
  const scale = (31 / 30 + 29 / 30) / source.reduce((sum, x) => sum + x * x, 0);
  const mean = source.reduce((sum, x, i) => sum + Math.abs(scale * x - (i - 1)), 0) / 3;
  expect(centerError(truth, found)).toBeCloseTo(mean / 2, 12);
});

test("two cameras can always be aligned: no error is told", () => {
  expect(centerError([at(0, 0), at(1, 0), at(2, 1)], [at(0, 0), null, at(2, 1)])).toBeNull();
});

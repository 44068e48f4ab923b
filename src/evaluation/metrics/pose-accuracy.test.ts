import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IDENTITY3 } from "../../geometry/mat3.ts";
import { identityPose, rigidPose } from "../../geometry/pose.ts";
import { rotationFromVector } from "../../geometry/rotation.ts";
import { meanAccuracy, poseAccuracy } from "./pose-accuracy.ts";
import { cameraExtent, FAILED_DEGREES, pairPoseErrors, relativePoseError } from "./pose-errors.ts";

const turned = (degrees: number) => rotationFromVector([0, (degrees * Math.PI) / 180, 0]);

describe("the error of a relative pose", () => {
  test("by hand: turned by 20°, moved along x instead of 30° off it", () => {
    const truth = rigidPose(IDENTITY3, [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6), 0]);
    const error = relativePoseError(truth, rigidPose(turned(20), [5, 0, 0]), 0);
    expect(error.rotation).toBeCloseTo(20, 10);
    expect(error.translation).toBeCloseTo(30, 10);
    expect(error.translationUnsigned).toBeCloseTo(30, 10);
  });

  test("the opposite direction is 180° off, or nothing where the sign does not count", () => {
    const error = relativePoseError(rigidPose(IDENTITY3, [0, 0, 1]), rigidPose(IDENTITY3, [0, 0, -3]), 0);
    expect(error).toEqual({ rotation: 0, translation: 180, translationUnsigned: 0 });
  });

  test("a camera that was not found, or found on the spot of the other, fails in all variants", () => {
    const truth = rigidPose(IDENTITY3, [1, 0, 0]);
    const failed = { translation: FAILED_DEGREES, translationUnsigned: FAILED_DEGREES };
    expect(relativePoseError(truth, undefined, 0)).toEqual({ rotation: FAILED_DEGREES, ...failed });
    expect(relativePoseError(truth, identityPose(), 0)).toEqual({ rotation: 0, ...failed });
  });

  test("cameras on one spot have no direction", () => {
    const error = relativePoseError(rigidPose(IDENTITY3, [1e-4, 0, 0]), rigidPose(turned(3), [1, 0, 0]), 1e-3);
    expect(error).toMatchObject({ translation: null, translationUnsigned: null });
  });
});

test("pairs come in order, and the extent is the longest way between two cameras", () => {
  const cameras = [0, 1, 5].map((x) => rigidPose(IDENTITY3, [-x, 0, 0]));
  expect(cameraExtent(cameras)).toBe(5);
  const errors = pairPoseErrors(cameras, [cameras[0]!, null, cameras[2]!], 5);
  expect(errors.map(({ rotation }) => rotation)).toEqual([180, 0, 180]);
});

test("accuracies by hand", () => {
  const pair = (rotation: number, translation: number | null) => {
    const translationUnsigned = translation === null ? null : Math.min(translation, 180 - translation);
    return { rotation, translation, translationUnsigned };
  };
  const accuracy = poseAccuracy([pair(4, 2), pair(15, 170), pair(2, null), pair(180, 180)]);
  expect(accuracy.rra).toEqual({ 5: 2 / 4, 15: 2 / 4, 30: 3 / 4 });
  expect(accuracy.rta).toEqual({ 5: 1 / 3, 15: 1 / 3, 30: 1 / 3 });
  expect(accuracy.rtaUnsigned).toEqual({ 5: 2 / 3, 15: 1, 30: 1 });
  // Larger errors 4, 170, 2, 180: below τ for 26, 0, 28, 0 of the thresholds 1 to 30.
  expect(accuracy.maa30).toBeCloseTo((26 + 28) / 4 / 30, 12);
  // Unsigned: 4, 15, 2, 180.
  expect(accuracy.maa30Unsigned).toBeCloseTo((26 + 15 + 28) / 4 / 30, 12);
  expect(accuracy).toMatchObject({ medianRotation: 9.5, medianTranslation: 170 });
});

test("no pairs, no accuracy", () => {
  expect(poseAccuracy([])).toMatchObject({ rra: { 15: null }, maa30: null, medianRotation: null });
});

test("mAA is the area under the accuracy curve: the mean over errors of how many thresholds lie above", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 180, noNaN: true }), { minLength: 1 }), (errors) => {
      const above = errors.map((error) => Math.max(0, 30 - Math.floor(error)) / 30);
      const mean = above.reduce((sum, share) => sum + share, 0) / errors.length;
      expect(meanAccuracy(errors)).toBeCloseTo(mean, 10);
    }),
  );
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IDENTITY3 } from "../../geometry/mat3.ts";
import { rigidPose } from "../../geometry/pose.ts";
import { rotationFromVector } from "../../geometry/rotation.ts";
import { fundamentalMatrix, matchAccuracy, RECTIFIED, reprojectPixel, sampsonDistance } from "./match-errors.ts";

const camera1 = { fx: 500, fy: 510, cx: 320, cy: 240 };
const camera2 = { fx: 600, fy: 590, cx: 310, cy: 250 };

describe("the epipolar geometry", () => {
  test("of a rectified pair measures the difference of rows", () => {
    // A row off by d is d / √2 from both lines together, to first order.
    expect(sampsonDistance(RECTIFIED, [10, 50], [90, 52])).toBeCloseTo(2 / Math.SQRT2, 12);
  });

  test("of two cameras fits every true match, and only those", () => {
    const coordinate = fc.double({ min: 0, max: 480, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, fc.double({ min: 1, max: 50, noNaN: true }), (x, y, depth) => {
        const cam2FromCam1 = rigidPose(rotationFromVector([0.1, -0.2, 0.05]), [1, 0.2, -0.3]);
        const match = reprojectPixel([x, y], depth, { camera1, camera2, cam2FromCam1 });
        fc.pre(match !== undefined);
        const fundamental = fundamentalMatrix(camera1, camera2, cam2FromCam1);
        expect(sampsonDistance(fundamental, [x, y], match!)).toBeLessThan(1e-6);
        expect(sampsonDistance(fundamental, [x, y], [match![0], match![1] + 20])).toBeGreaterThan(1);
      }),
    );
  });
});

test("a pixel moves against the camera; nothing is seen behind it", () => {
  const right = rigidPose(IDENTITY3, [-1, 0, 0]);
  const same = { camera1, camera2: camera1 };
  expect(reprojectPixel([320, 240], 10, { ...same, cam2FromCam1: right })).toEqual([320 - 50, 240]);
  const ahead = rigidPose(IDENTITY3, [0, 0, -11]);
  expect(reprojectPixel([320, 240], 10, { ...same, cam2FromCam1: ahead })).toBeUndefined();
});

test("shares by hand, none for no matches", () => {
  expect(matchAccuracy([0.5, 1.5, 3, 40], [1, 2], 100)).toEqual({
    evaluated: 4,
    medianPixels: 2.25,
    within: { 1: 0.25, 2: 0.5 },
  });
  expect(matchAccuracy([], [1], 100)).toEqual({ evaluated: 0, medianPixels: null, within: { 1: 0 } });
});

import { describe, expect, test } from "vitest";
import { IDENTITY3 } from "../../geometry/mat3.ts";
import { rigidPose } from "../../geometry/pose.ts";
import { rotationFromVector } from "../../geometry/rotation.ts";
import { directedDistance } from "./directed-distance.ts";
import { fieldOfViewError, relativeFocalError } from "./focal-errors.ts";
import { localizationAccuracy, localizationError } from "./localization-accuracy.ts";
import { pointmapError } from "./pointmap-error.ts";
import { reprojectionAccuracy } from "./reprojection-accuracy.ts";

test("focal lengths: 90° against 53.13°", () => {
  expect(relativeFocalError(320, 640)).toBe(1);
  expect(fieldOfViewError(640, 320, 640)).toBeCloseTo(90 - 2 * 26.565051177, 8);
});

describe("localization", () => {
  const truth = rigidPose(IDENTITY3, [1, 2, 3]);
  const located = (meters: number, degrees: number) => {
    const rotation = rotationFromVector([0, 0, (degrees * Math.PI) / 180]);
    // The center −Rᵀt stays where it is when world points turn about it, so t is rebuilt from the center.
    const [x, y, z] = [-1 + meters, -2, -3];
    const [a, b, c, d, e, f, g, h, i] = rotation;
    const t = [-(a * x + b * y + c * z), -(d * x + e * y + f * z), -(g * x + h * y + i * z)] as const;
    return localizationError(truth, rigidPose(rotation, t));
  };

  test("distance of the centers and angle, by hand", () => {
    const error = located(0.2, 1.5);
    expect(error.distance).toBeCloseTo(0.2, 12);
    expect(error.rotation).toBeCloseTo(1.5, 10);
  });

  test("medians and recalls; what was not located counts as infinitely far", () => {
    const lost = localizationError(truth, undefined);
    const accuracy = localizationAccuracy([located(0.05, 0.5), located(0.2, 1.5), located(0.2, 8), lost]);
    expect(accuracy.medianDistance).toBeCloseTo(0.2, 10);
    expect(accuracy.medianRotation).toBeCloseTo((1.5 + 8) / 2, 10);
    expect(accuracy.recalls).toEqual([1 / 4, 2 / 4, 2 / 4, 3 / 4]);
    expect(localizationAccuracy([located(0, 0), lost, lost]).medianDistance).toBe(Number.POSITIVE_INFINITY);
  });
});

test("surfaces: a point half a unit off, one far away on either side", () => {
  const truth = Float32Array.of(0, 0, 0, 1, 0, 0);
  const found = Float32Array.of(0, 0, 0.5, 1, 0, 0, 1, 0, 4);
  expect(directedDistance(found, truth, Number.POSITIVE_INFINITY)).toBeCloseTo((0.5 + 0 + 4) / 3, 6);
  expect(directedDistance(truth, found, Number.POSITIVE_INFINITY)).toBeCloseTo((0.5 + 0) / 2, 6);
  expect(directedDistance(found, truth, 2)).toBe(0.25);
  expect(directedDistance(truth, new Float32Array(), 2)).toBeUndefined();
});

test("reprojection: a focal length 10 % too long moves a pixel by a tenth of its distance from the center", () => {
  const intrinsics = { fx: 100, fy: 100, cx: 50, cy: 0 };
  const row = { width: 101, height: 1, depth: new Float32Array(101).fill(2), intrinsics };
  // 1 % of the diagonal is 1.01: pixels up to 10 from the center stay within, 21 of 101.
  expect(reprojectionAccuracy(row, { ...intrinsics, fx: 110 })).toBeCloseTo(21 / 101, 12);
  expect(reprojectionAccuracy(row, intrinsics)).toBe(1);
  expect(reprojectionAccuracy({ ...row, depth: new Float32Array(101) }, intrinsics)).toBeUndefined();
});

test("pointmaps: scale does not count, invalid pixels neither", () => {
  const truth = { points1: Float32Array.of(0, 0, 1, 0, 0, 9), points2: Float32Array.of(0, 0, 3) };
  const masks = { valid1: [1, 0], valid2: [2] };
  const found = { points1: Float32Array.of(0, 0, 5, 7, 7, 7), points2: Float32Array.of(0, 0, 15) };
  expect(pointmapError(truth, found, masks)).toBeCloseTo(0, 7);
  // Divided by mean distances 2 and 3: 1/2, 3/2 against 2/3, 4/3.
  const other = { points1: Float32Array.of(0, 0, 2, 0, 0, 0), points2: Float32Array.of(0, 0, 4) };
  expect(pointmapError(truth, other, masks)).toBeCloseTo(1 / 6, 6);
  expect(pointmapError(truth, found, { valid1: [0, 0], valid2: [0] })).toBeUndefined();
});

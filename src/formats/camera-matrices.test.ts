import fc from "fast-check";
import { expect, test } from "vitest";
import { anyRandom, randomPose } from "../../test/random-geometry.ts";
import { FormatError } from "../core/errors.ts";
import { calibrationRows, parseCalibrationRows, parsePoseRows, poseRows } from "./camera-matrices.ts";

test("any rigid pose is read as it is, as 4x4 and as 3x4", () => {
  fc.assert(
    fc.property(anyRandom, (random) => {
      const pose = randomPose(random);
      expect(parsePoseRows(poseRows(pose), "a")).toEqual(pose);
      expect(parsePoseRows(poseRows(pose).slice(0, 3), "a")).toEqual(pose);
    }),
  );
});

const IDENTITY = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
];

test.each([
  ["nothing", undefined, /3 or 4 rows of 4 finite numbers are expected, found undefined/],
  ["two rows", IDENTITY.slice(0, 2), /3 or 4 rows/],
  ["a text", IDENTITY.with(0, ["1", 0, 0, 0] as unknown as number[]), /finite numbers/],
  ["null for NaN", IDENTITY.with(0, [null, 0, 0, 0] as unknown as number[]), /finite numbers/],
  ["a scaled rotation", IDENTITY.map((row) => row.map((x) => 2 * x)), /the last row of a pose/],
  ["a sheared rotation", IDENTITY.with(0, [1, 0.1, 0, 0]), /no rotation/],
  ["a reflection", IDENTITY.with(2, [0, 0, -1, 0]), /a reflection/],
])("%s is no pose", (_, rows, message) => {
  expect(() => parsePoseRows(rows, "a.json: entry 0")).toThrow(FormatError);
  expect(() => parsePoseRows(rows, "a.json: entry 0")).toThrow(/^a\.json: entry 0: /);
  expect(() => parsePoseRows(rows, "a.json: entry 0")).toThrow(message);
});

test("a calibration matrix gives intrinsics", () => {
  const K = [
    [600, 0, 320],
    [0, 610, 240],
    [0, 0, 1],
  ];
  const intrinsics = { fx: 600, fy: 610, cx: 320, cy: 240 };
  expect(parseCalibrationRows(K, "a")).toEqual(intrinsics);
  expect(calibrationRows(intrinsics)).toEqual(K);
});

test.each([
  [
    "skew",
    [
      [600, 1, 320],
      [0, 610, 240],
      [0, 0, 1],
    ],
    /\[\[fx, 0, cx\], .* is expected/,
  ],
  [
    "no focal length",
    [
      [0, 0, 320],
      [0, 610, 240],
      [0, 0, 1],
    ],
    /focal lengths of 0 and 610/,
  ],
  [
    "two rows",
    [
      [600, 0, 320],
      [0, 610, 240],
    ],
    /3 rows of 3 finite numbers/,
  ],
])("%s is no calibration matrix", (_, rows, message) => {
  expect(() => parseCalibrationRows(rows, "a.json: K of b.jpg")).toThrow(message);
});

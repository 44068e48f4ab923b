import { expect, test } from "vitest";
import type { Lens } from "../core/lens.ts";
import { lensPixel } from "./lens.ts";
import { identityPose, transformPoints } from "./pose.ts";
import { quartersLeft, turnLens, turnPose } from "./turn-camera.ts";

test.each([
  // Where pixel (x, y) of a stored photo of 640x480 is in the upright one.
  [6, (x: number, y: number) => [479 - y, x]],
  [8, (x: number, y: number) => [y, 639 - x]],
  [3, (x: number, y: number) => [639 - x, 479 - y]],
])("EXIF orientation %i: lens and pose are turned as the picture is", (orientation, uprightFromStored) => {
  const lens: Lens = {
    width: 640,
    height: 480,
    intrinsics: { fx: 500, fy: 520, cx: 310, cy: 250 },
    distortion: { model: "radial", k: [-0.1, 0.02, 0, 0, 0, 0], p: [0.01, -0.02] },
  };
  const quarters = quartersLeft(orientation);
  const turned = turnLens(lens, quarters);
  const pinhole = { fx: 1, fy: 1, cx: 0, cy: 0 };
  const [x, y] = [0.3, -0.2];
  // The ray (x, y, 1) of the stored camera, in the frame of the turned one.
  const worldFromCam = turnPose(identityPose(), quarters);
  const camFromWorld = [0, 4, 8, 3, 1, 5, 9, 7, 2, 6, 10, 11].map((k) => worldFromCam[k]!);
  const ray = transformPoints(Float64Array.of(...camFromWorld, 0, 0, 0, 1), Float64Array.of(x, y, 1));
  const [u, v] = lensPixel(lens, pinhole, x, y);
  const expected = uprightFromStored(u, v);
  const found = lensPixel(turned, pinhole, ray[0]!, ray[1]!);
  expect(found[0]).toBeCloseTo(expected[0]!, 9);
  expect(found[1]).toBeCloseTo(expected[1]!, 9);
});

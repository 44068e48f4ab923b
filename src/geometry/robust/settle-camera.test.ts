import { expect, test } from "vitest";
import { syntheticScene } from "../../../test/synthetic-scene.ts";
import { gaussian, seededRandom } from "../../core/random.ts";
import { pixelGrid, unprojectDepth } from "../camera.ts";
import { IDENTITY3 } from "../mat3.ts";
import { identityPose, rigidPose } from "../pose.ts";
import type { EstimatedCamera } from "./estimated-camera.ts";
import { isSameCamera, settleCamera } from "./settle-camera.ts";

const size = { width: 128, height: 96 };
const { depth, intrinsics } = syntheticScene({ names: ["a"], size }).scene.images[0]!;
const refine = { threshold: 2, lossScale: 0.4, refineFocal: true, maxIterations: 20 };
const truth: EstimatedCamera = { camFromWorld: identityPose(), intrinsics };

/** What a photo shows, of which a share are elsewhere. */
function correspondences(outliers: number) {
  const random = seededRandom(`settle ${outliers}`);
  const points = unprojectDepth(depth, size, intrinsics);
  for (let i = 0; i < points.length; i += 3) {
    if (random() < outliers) for (let k = 0; k < 3; k++) points[i + k] = 3 * gaussian(random);
  }
  return { count: points.length / 3, points, pixels: pixelGrid(size) };
}

test("from a camera that explains a part of the scene to the one that explains all", () => {
  const data = correspondences(0.8);
  // Zoom and distance that the wall at the back hardly tells from the right ones.
  const start = {
    camFromWorld: rigidPose(IDENTITY3, [0, 0, 3]),
    intrinsics: { ...intrinsics, fx: 1.6 * intrinsics.fx, fy: 1.6 * intrinsics.fy },
  };
  const alone = settleCamera(start, data, { ...refine, widths: [] });
  const { camera, isSettled, explained } = settleCamera(start, data, { ...refine, widths: [2, 3, 5] });
  expect(camera.intrinsics.fx / intrinsics.fx).toBeCloseTo(1, 2);
  expect(isSettled).toBe(true);
  expect(explained).toBeGreaterThan(1.4 * alone.explained);
  expect(alone.camera.intrinsics.fx / intrinsics.fx).toBeGreaterThan(1.2);
});

test("the right camera stays where it is", () => {
  const data = correspondences(0.8);
  const { camera, isSettled } = settleCamera(truth, data, { ...refine, widths: [2, 3, 5] });
  expect(isSettled).toBe(true);
  expect(isSameCamera(camera, truth, { data, threshold: 2 })).toBe(true);
  expect(camera.intrinsics.fx / intrinsics.fx).toBeCloseTo(1, 3);
});

import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { gaussian, seededRandom } from "../core/random.ts";
import { unprojectDepth } from "./camera.ts";
import { estimateFocal } from "./focal.ts";
import { pointmapInOwnFrame } from "./own-frame.ts";
import { composePoses, invertRigid, transformPoints } from "./pose.ts";

const size = { width: 64, height: 48 };
const [first, second] = syntheticScene({ names: ["one", "two"], size }).scene.images;

/** What the second of two photos shows, in its own frame and in that of the first, wrong by half a percent. */
function secondPointmap(focal: number): { own: Float32Array; points: Float32Array } {
  const random = seededRandom("second");
  const firstFromSecond = composePoses(invertRigid(first!.worldFromCam), second!.worldFromCam);
  const own = unprojectDepth(second!.depth, size, { fx: focal, fy: focal, cx: 31.5, cy: 23.5 });
  return { own, points: transformPoints(firstFromSecond, own).map((x) => x * (1 + 0.005 * gaussian(random))) };
}

test.each([40, 60, 110])("points and focal length are those of the camera that sees them: %f", (focal) => {
  const { own, points } = secondPointmap(focal);
  const found = pointmapInOwnFrame(points, size)!;
  expect(estimateFocal(found, size)! / focal).toBeCloseTo(1, 1);
  const errors = found.map((x, i) => Math.abs(x - own[i]!));
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.1);
});

test("pixels without weight are ignored", () => {
  const { points } = secondPointmap(60);
  const weights = new Float32Array(points.length / 3).fill(5);
  for (let i = 0; i < weights.length; i += 2) {
    weights[i] = 0;
    points.fill(0.1, 3 * i, 3 * i + 3);
  }
  const found = pointmapInOwnFrame(points, size, weights)!;
  expect(estimateFocal(found, size, { confidence: weights })! / 60).toBeCloseTo(1, 1);
});

test("there is none where the points fix no pose", () => {
  expect(pointmapInOwnFrame(new Float32Array(3 * 64 * 48).fill(1), size)).toBeUndefined();
});

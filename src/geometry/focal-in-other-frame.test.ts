import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { gaussian, seededRandom } from "../core/random.ts";
import { unprojectDepth } from "./camera.ts";
import { estimateFocalInOtherFrame } from "./focal-in-other-frame.ts";
import { composePoses, invertRigid, transformPoints } from "./pose.ts";

const size = { width: 64, height: 48 };

/** What the second of two photos shows, in the frame of the first, wrong by half a percent. */
function secondPointmap(focal: number): Float32Array {
  const random = seededRandom("second");
  const [first, second] = syntheticScene({ names: ["one", "two"], size }).scene.images;
  const firstFromSecond = composePoses(invertRigid(first!.worldFromCam!), second!.worldFromCam!);
  const intrinsics = { fx: focal, fy: focal, cx: 32, cy: 24 };
  const points = transformPoints(firstFromSecond, unprojectDepth(second!.depth!, size, intrinsics));
  return points.map((x) => x * (1 + 0.005 * gaussian(random)));
}

test.each([40, 60, 110])("finds a focal length of %f", (focal) => {
  expect(estimateFocalInOtherFrame(secondPointmap(focal), size)! / focal).toBeCloseTo(1, 1);
});

test("pixels without confidence have no say", () => {
  const points = secondPointmap(60);
  const confidence = new Float32Array(points.length / 3).fill(5);
  for (let i = 0; i < confidence.length; i += 2) {
    confidence[i] = 0;
    points.fill(0.1, 3 * i, 3 * i + 3);
  }
  expect(estimateFocalInOtherFrame(points, size, { confidence })! / 60).toBeCloseTo(1, 1);
});

test("there is none where the points fix no pose", () => {
  expect(estimateFocalInOtherFrame(new Float32Array(3 * 64 * 48).fill(1), size)).toBeUndefined();
});

import { expect, test } from "vitest";
import { cameraErrors } from "../../test/pose-errors.ts";
import { perfectPredictions, roomCameras, roomDepth, streamOf } from "../../test/synthetic-pairs.ts";
import type { Scene } from "../core/scene.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { align, alignGathered } from "./align.ts";
import { gatherPairs } from "./gather-pairs.ts";

const SIZE = { width: 32, height: 24 };
const cameras = roomCameras([SIZE, SIZE, SIZE, SIZE], "gathered");
const sizes = cameras.map(({ size }) => size);
const predictions = () =>
  streamOf(
    perfectPredictions(cameras, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 0],
    ]),
  );
const gather = () => gatherPairs(sizes, predictions());

function errorsOf({ images }: Scene) {
  const errors = cameraErrors(
    images.map(({ worldFromCam }) => worldFromCam),
    cameras.map(({ worldFromCam }) => worldFromCam),
  );
  return { ...errors, degrees: Math.max(...errors.degrees), distance: Math.max(...errors.distances) };
}

test("a draft has all cameras nearly where they are, and a depth at every pixel", async () => {
  const { scene } = await alignGathered(await gather(), {}, { isDraft: true });
  const { scale, degrees, distance } = errorsOf(scene);
  expect(degrees).toBeLessThan(1);
  expect(distance).toBeLessThan(0.05);
  scene.images.forEach(({ depth }, i) => {
    const exact = roomDepth(cameras[i]!);
    expect(Math.max(...depth.map((z, pixel) => Math.abs((scale * z) / exact[pixel]! - 1)))).toBeLessThan(0.1);
  });
});

test("what goes on from a draft comes to what alignment comes to", async () => {
  const gathered = await gather();
  const draft = await alignGathered(gathered, {}, { isDraft: true });
  const { scene } = await alignGathered(gathered, {}, { from: draft.groups });
  const whole = await align(sizes, predictions());
  const [gone, alone] = [errorsOf(scene), errorsOf(whole)];
  expect(gone.degrees).toBeLessThan(0.01);
  expect(gone.distance).toBeLessThan(0.001);
  expect(scene.pairs.map(({ image1, image2 }) => [image1, image2])).toEqual(
    whole.pairs.map(({ image1, image2 }) => [image1, image2]),
  );
  expect(Math.abs(gone.scale / alone.scale - 1)).toBeLessThan(0.01);
});

test("what goes on from a draft keeps cameras that are known by then", async () => {
  const gathered = await gather();
  const draft = await alignGathered(gathered, {}, { isDraft: true });
  const priors = {
    worldFromCam: cameras.map(({ worldFromCam }, i) => (i < 3 ? worldFromCam : undefined)),
    intrinsics: cameras.map(({ size, focal }) => centeredIntrinsics(size, focal)),
  };
  const { scene } = await alignGathered(gathered, { priors }, { from: draft.groups });
  expect(scene.images.map(({ intrinsics }) => intrinsics)).toEqual(priors.intrinsics);
  const { degrees, distance, scale } = errorsOf(scene);
  expect(degrees).toBeLessThan(0.01);
  expect(distance).toBeLessThan(0.001);
  expect(scale).toBeCloseTo(1, 3);
  expect(draft.scene.images.map(({ intrinsics }) => intrinsics)).not.toEqual(priors.intrinsics);
});

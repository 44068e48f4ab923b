import { expect, test } from "vitest";
import { oracleViews } from "../../test/oracle-pairs.ts";
import { poseDifference } from "../../test/pose-errors.ts";
import { perfectPredictions, roomCameras } from "../../test/synthetic-pairs.ts";
import { alignGathered } from "../alignment/align.ts";
import { gatherPairs } from "../alignment/gather-pairs.ts";
import { imagePlane } from "../core/image-plane.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { composePoses, invertRigid } from "../geometry/pose.ts";
import type { RefinedCameras } from "../refinement/refine-cameras.ts";
import { noPoints } from "../refinement/refined-points.ts";
import { withRefinedCameras } from "./refined-scene.ts";
import { streamed } from "./streamed.ts";

const size = { width: 32, height: 24 };
const cameras = roomCameras([size, size, size], "refined scene");
const views = oracleViews([size, size, size], { scale: 1, crop: 0 });

async function refinedScene(
  given: readonly number[],
  {
    focalFactor = 1,
    // The third photo has no part in any pair.
    pairs = [
      [0, 1],
      [1, 0],
    ],
    siblings = [],
  }: { focalFactor?: number; pairs?: (readonly [number, number])[]; siblings?: RefinedCameras["siblings"] } = {},
) {
  const predictions = perfectPredictions(cameras, pairs);
  const worldFromCam = cameras.map((camera, i) => (given.includes(i) ? camera.worldFromCam : undefined));
  const options = { priors: { worldFromCam } };
  const gathered = await gatherPairs(views.map(imagePlane), streamed(predictions), options);
  const draft = await alignGathered(gathered, options, { isDraft: true });
  const refined: RefinedCameras = {
    cameras: cameras.map(({ worldFromCam: pose, focal }, i) =>
      i < 2
        ? { worldFromCam: pose, intrinsics: centeredIntrinsics(size, focalFactor * focal), isFocalMeasured: true }
        : undefined,
    ),
    siblings,
    points: noPoints(),
    loose: [],
    lenses: [],
    centers: [undefined, [20, 12], undefined],
    verified: [],
    unexplained: 0,
  };
  return withRefinedCameras(refined, { gathered, draft, views, options });
}

test("refined cameras are those of the scene", async () => {
  const { images } = await refinedScene([]);
  expect(images.map(({ registered }) => registered)).toEqual([true, true, false]);
  expect(images.map(({ poseSource }) => poseSource)).toEqual(["refined", "refined", "network"]);
  const [found, truth] = [images, cameras].map(([a, b]) => composePoses(invertRigid(a!.worldFromCam), b!.worldFromCam));
  expect(poseDifference(found!, truth!).degrees).toBeLessThan(1e-3);
});

test("a photo that alignment cannot place is not registered for a pose that was given", async () => {
  const { images } = await refinedScene([0, 2]);
  expect(images.map(({ registered }) => registered)).toEqual([true, true, false]);
  expect(images.map(({ poseSource }) => poseSource)).toEqual(["given", "refined", "given"]);
  expect(poseDifference(images[0]!.worldFromCam, cameras[0]!.worldFromCam).degrees).toBeLessThan(1e-6);
});

test("a photo that is not refined has the focal length that features find for others of its camera", async () => {
  const pairs = [0, 1, 2].flatMap((i) => [0, 1, 2].flatMap((j) => (i === j ? [] : [[i, j] as const])));
  const { images: without } = await refinedScene([], { pairs });
  expect(without.map(({ focalSource }) => focalSource)).toEqual(["features", "features", "network"]);
  const sibling = centeredIntrinsics(size, 1.1 * cameras[2]!.focal);
  const { images } = await refinedScene([], { pairs, siblings: [undefined, undefined, sibling] });
  expect(images.map(({ poseSource }) => poseSource)).toEqual(["refined", "refined", "network"]);
  expect(images[2]!.focalSource).toBe("features");
  expect(images[2]!.intrinsics.fx / sibling.fx).toBeCloseTo(1, 6);
});

test("focal lengths that the network sees nothing of are told", async () => {
  const doubtsOf = async (factor: number) =>
    (await refinedScene([], { focalFactor: factor })).warnings?.filter(
      ({ kind }) => kind === "features-contradict-network",
    );
  expect(await doubtsOf(1)).toEqual([]);
  expect(await doubtsOf(2.4)).toEqual(
    [0, 1].map((image) => ({ kind: "features-contradict-network", image, ratio: expect.closeTo(2.4, 1) })),
  );
});

test("principal points that features found beside the middle are told", async () => {
  const { warnings = [] } = await refinedScene([]);
  const { width, height } = views[1]!.original;
  expect(warnings.filter(({ kind }) => kind === "off-center")).toEqual([
    { kind: "off-center", image: 1, across: (20 - (width - 1) / 2) / width, along: (12 - (height - 1) / 2) / height },
  ]);
});

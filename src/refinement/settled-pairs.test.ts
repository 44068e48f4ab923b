import { expect, test } from "vitest";
import { arc, everyPair, FOCAL } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { composePoses, invertRigid, rigidPose, rotationOf } from "../geometry/pose.ts";
import { rotationAngle, rotationFromVector } from "../geometry/rotation.ts";
import { settledPairs } from "./settled-pairs.ts";

const { photos, truth } = arc(4, "settled pairs");
const factors = [1.03, 0.97, 1.02, 0.98, 1.04, 0.96];
const pairs = everyPair(4).map((pair, k) => {
  const shown = pairShown(photos, truth, pair);
  const turned = rigidPose(rotationFromVector([0, 0.02, 0]), [0, 0, 0]);
  const focal = factors[k]! * FOCAL;
  return {
    ...shown,
    cam2FromCam1: composePoses(turned, shown.cam2FromCam1),
    focal1: focal,
    focal2: focal,
    focalSigma: 0.05,
  };
});

test("pairs have the pose of their matches under the focal length on which all agree", () => {
  for (const { photo1, photo2, cam2FromCam1, focal1 } of settledPairs(photos, pairs)) {
    const expected = composePoses(invertRigid(truth[photo2]!), truth[photo1]!);
    expect(rotationAngle(rotationOf(cam2FromCam1), rotationOf(expected))).toBeLessThan(0.005);
    expect(focal1 / FOCAL).toBeCloseTo(1, 1);
  }
});

test("and stay where too few agree", () => {
  expect(settledPairs(photos, pairs.slice(0, 2))).toEqual(pairs.slice(0, 2));
});

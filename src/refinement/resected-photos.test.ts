import { expect, test } from "vitest";
import { arc, everyPair, relativeErrors } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { composePoses, rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { type RefinedCameras, refineVerified } from "./refine-cameras.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

const { photos, truth } = arc(5, "resection");
const turned = rigidPose(rotationFromVector([0.1, 0.9, 0]), [1, 0.3, 0]);
const LAST = 4;

function expectRight({ cameras }: RefinedCameras, those: readonly number[]): void {
  for (const i of those) {
    const [rotation, direction] = relativeErrors(
      [cameras[i]!.worldFromCam, cameras[0]!.worldFromCam],
      [truth[i]!, truth[0]!],
    );
    expect(rotation).toBeLessThan(0.5);
    expect(direction).toBeLessThan(1);
  }
}

/** All pairs; those of the last photo as `change` has them. */
function pairs(change: (pair: VerifiedPair) => VerifiedPair): VerifiedPair[] {
  return everyPair(5).map((pair) => {
    const shown = pairShown(photos, truth, pair);
    return pair[1] === LAST ? change(shown) : shown;
  });
}

const wrong = (pair: VerifiedPair): VerifiedPair => {
  return { ...pair, verdict: "ambiguous", cam2FromCam1: composePoses(turned, pair.cam2FromCam1) };
};

test("a photo whose every pair leaves several poses is placed by the points that the others triangulate", async () => {
  const found = await refineVerified(photos, pairs(wrong));
  expectRight(found, [1, 2, 3, LAST]);
});

test("few points place no photo", async () => {
  const few = (pair: VerifiedPair) => ({ ...wrong(pair), matches: pair.matches.slice(0, 12) });
  const { cameras } = await refineVerified(photos, pairs(few));
  expect(cameras.map((camera) => camera !== undefined)).toEqual([true, true, true, true, false]);
});

test("a photo that one wrong pair places far off is put right by the points that its other pairs show", async () => {
  const misled = (pair: VerifiedPair): VerifiedPair =>
    pair.photo1 === 0 ? { ...wrong(pair), verdict: "verified", matches: pair.matches.slice(0, 60) } : wrong(pair);
  const found = await refineVerified(photos, pairs(misled));
  expectRight(found, [1, 2, 3, LAST]);
});

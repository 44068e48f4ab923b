import { expect, test } from "vitest";
import { arcPose, boxOfPoints, everyPair, orbitPose, photograph } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { seededRandom } from "../core/random.ts";
import { refineVerified } from "./refine-cameras.ts";

/** Three photos that are as the network has them, and a fourth of which it believes that it was taken elsewhere. */
async function refinedWith(sharedPoints: number, believedTurn: number) {
  const random = seededRandom("network turns");
  const world = boxOfPoints(400, random);
  const few = {
    points: world.points.subarray(0, 3 * sharedPoints),
    descriptors: world.descriptors.subarray(0, 128 * sharedPoints),
  };
  const truth = [arcPose(0), arcPose(1), arcPose(2), arcPose(3)];
  const photos = truth.map((worldFromCam, i) =>
    i < 3
      ? photograph(world, { worldFromCam, random })
      : photograph(few, { worldFromCam, believed: orbitPose(0.36 + believedTurn), random }),
  );
  const { cameras } = await refineVerified(
    photos,
    everyPair(4).map((pair) => pairShown(photos, truth, pair)),
  );
  return cameras.map((camera) => camera !== undefined);
}

test("few points do not turn a photo far from where the network has it, many do", async () => {
  expect(await refinedWith(60, 1.4)).toEqual([true, true, true, false]);
  expect(await refinedWith(300, 1.4)).toEqual([true, true, true, true]);
});

test("few points are enough where the network agrees by and large", async () => {
  expect(await refinedWith(60, 0.4)).toEqual([true, true, true, true]);
});

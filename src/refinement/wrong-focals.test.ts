import { expect, test } from "vitest";
import {
  arcPose,
  boxOfPoints,
  disturbed,
  everyPair,
  FOCAL,
  photograph,
  relativeErrors,
} from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import type { Pose } from "../core/camera.ts";
import { seededRandom } from "../core/random.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { refineVerified } from "./refine-cameras.ts";

/** What is known of the focal length, as a multiple of the true one. */
const KNOWN = 1.2;
const MOTIONS: Readonly<Record<string, (step: number) => Pose>> = {
  "around things": arcPose,
  forward: (step) => rigidPose(rotationFromVector([0, 0.01 * step, 0]), [0.02 * step, 0, 0.5 * step]),
  sideways: (step) => rigidPose(rotationFromVector([0, 0, 0]), [0.5 * step, 0.02 * step, 0]),
};

test.each(Object.keys(MOTIONS).flatMap((motion) => [1, 0.02].map((relief) => [motion, relief] as const)))(
  "from half and from twice the focal length to the right one, or to what is known of it: %s, depths times %f",
  async (motion, relief) => {
    const random = seededRandom(motion);
    const { points, descriptors } = boxOfPoints(300, random);
    // Nearly a plane six away from the first camera, or not.
    const world = { points: points.map((value, i) => (i % 3 === 2 ? 6 + relief * (value - 6) : value)), descriptors };
    const truth = [0, 1, 2, 3].map(MOTIONS[motion]!);
    const photos = truth.map((worldFromCam, i) => {
      const believed = i === 0 ? worldFromCam : disturbed(worldFromCam, random);
      return photograph(world, { worldFromCam, believed, random, focalError: KNOWN });
    });
    for (const factor of [0.5, 2]) {
      const focal = factor * FOCAL;
      const pairs = everyPair(4).map((pair) => ({ ...pairShown(photos, truth, pair), focal1: focal, focal2: focal }));
      const { cameras } = await refineVerified(photos, pairs);
      const { intrinsics, isFocalMeasured } = cameras[0]!;
      const ratio = intrinsics.fx / FOCAL;
      // The pixels of a camera that only shifts fix no focal length.
      expect(isFocalMeasured).toBe(motion === "around things");
      if (isFocalMeasured) expect(Math.abs(ratio - 1)).toBeLessThan(0.01);
      else {
        expect(ratio).toBeGreaterThan(1);
        expect(ratio).toBeLessThan(1.02 * KNOWN);
      }
      for (const [i, j] of everyPair(4)) {
        const found = [cameras[i]!.worldFromCam, cameras[j]!.worldFromCam] as const;
        expect(Math.max(...relativeErrors(found, [truth[i]!, truth[j]!]))).toBeLessThan(2);
      }
    }
  },
);

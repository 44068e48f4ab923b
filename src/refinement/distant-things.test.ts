import { expect, test } from "vitest";
import { boxOfPoints, disturbed, everyPair, photograph, relativeErrors } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { seededRandom } from "../core/random.ts";
import { rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { refineVerified } from "./refine-cameras.ts";

/** Of photos 800 pixels wide. */
const LONG_LENS = 1500;

test("far things through a long lens, of which neighbors have a fraction of a degree of parallax", async () => {
  const random = seededRandom("distant");
  const near = boxOfPoints(400, random);
  // 25 to 45 away.
  const world = { ...near, points: near.points.map((value, i) => (i % 3 === 2 ? 5 + 5 * value : 2 * value)) };
  const truth = [0, 1, 2, 3, 4].map((step) =>
    rigidPose(rotationFromVector([0.002 * step, -0.005 * step, 0.02 * step]), [
      0.15 * step,
      0.04 * (step % 2),
      0.1 * step,
    ]),
  );
  const photos = truth.map((worldFromCam, i) => {
    const believed = i === 0 ? worldFromCam : disturbed(worldFromCam, random);
    return photograph(world, { worldFromCam, believed, random, focal: LONG_LENS });
  });
  const pairs = everyPair(5).map((pair) => ({
    ...pairShown(photos, truth, pair),
    focal1: LONG_LENS,
    focal2: LONG_LENS,
  }));
  const { cameras, points, unexplained } = await refineVerified(photos, pairs);
  expect(unexplained).toBe(0);
  for (const [i, photo] of photos.entries()) {
    const shown = points.photos.filter((k) => k === i).length;
    expect(shown).toBeGreaterThan(0.8 * photo.features.count);
  }
  for (const [i, j] of everyPair(5)) {
    const [rotation, direction] = relativeErrors(
      [cameras[i]!.worldFromCam, cameras[j]!.worldFromCam],
      [truth[i]!, truth[j]!],
    );
    expect(rotation).toBeLessThan(0.1);
    expect(direction).toBeLessThan(5);
  }
});

import { expect, test } from "vitest";
import { arc, everyPair, relativeErrors } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { composePoses, rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { refineVerified } from "./refine-cameras.ts";

/** A wrong relative pose, as a focal length that is far off leads to. */
const turned = rigidPose(rotationFromVector([0.1, 0.9, 0]), [1, 0.3, 0]);

test("a wrong pose of the only pair that joins two groups is put right once the groups have told the focal length", async () => {
  const { photos, truth } = arc(8, "two groups");
  const within = [0, 4].flatMap((first) => [1, 2, 3].flatMap((step) => pairsApart(first, step)));
  const join = pairShown(photos, truth, [3, 4]);
  const wrong = { ...join, cam2FromCam1: composePoses(turned, join.cam2FromCam1) };
  const pairs = [...within.map((pair) => pairShown(photos, truth, pair)), wrong];
  const { cameras } = await refineVerified(photos, pairs);
  for (const [i, j] of [
    [0, 3],
    [4, 7],
    [0, 7],
    [3, 4],
    [2, 5],
  ] as const) {
    const [rotation, direction] = relativeErrors(
      [cameras[i]!.worldFromCam, cameras[j]!.worldFromCam],
      [truth[i]!, truth[j]!],
    );
    expect(rotation).toBeLessThan(0.5);
    expect(direction).toBeLessThan(1);
  }
});

test("a pair that the others contradict is left out, and its matches with it", async () => {
  const { photos, truth } = arc(5, "contradiction");
  const right = everyPair(5)
    .filter(([i, j]) => j !== 4 || i !== 0)
    .map((pair) => pairShown(photos, truth, pair));
  const pair = pairShown(photos, truth, [0, 4]);
  // Each feature with the next one's partner: what a pattern that repeats looks like.
  const shifted = pair.matches.map((value, k) => (k % 2 === 0 ? value : pair.matches[(k + 2) % pair.matches.length]!));
  const wrong = { ...pair, cam2FromCam1: composePoses(turned, pair.cam2FromCam1), matches: shifted };
  const alone = await refineVerified(photos, right);
  const both = await refineVerified(photos, [...right, wrong]);
  for (const [i, j] of everyPair(5)) {
    const poses = ({ cameras }: typeof both) => [cameras[i]!.worldFromCam, cameras[j]!.worldFromCam] as const;
    const [rotation, direction] = relativeErrors(poses(both), poses(alone));
    expect(rotation).toBeLessThan(1e-3);
    expect(direction).toBeLessThan(1e-3);
  }
  expect(both.points.count).toBe(alone.points.count);
  expect([alone.unexplained, both.unexplained]).toEqual([0, 1]);
});

/** Pairs of four photos from `first` on that are so many steps apart. */
function pairsApart(first: number, step: number): (readonly [number, number])[] {
  return Array.from({ length: 4 - step }, (_, i) => [first + i, first + i + step] as const);
}

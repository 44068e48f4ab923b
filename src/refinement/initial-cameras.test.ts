import { describe, expect, test } from "vitest";
import { boxOfPoints, disturbed, orbitPose, photograph, relativeErrors } from "../../test/featured-photos.ts";
import { descriptorKey, pairShown } from "../../test/pair-shown.ts";
import type { Pose } from "../core/camera.ts";
import { seededRandom } from "../core/random.ts";
import { selectFeatures } from "../features/features.ts";
import { initialCameras } from "./initial-cameras.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import { refineVerified } from "./refine-cameras.ts";

const COUNT = 250;
const random = seededRandom("many photos");
const POINTS = 500;
const world = boxOfPoints(POINTS, random);
const truth = Array.from({ length: COUNT }, (_, i) => orbitPose((2 * Math.PI * i) / COUNT));
/** A point is shown by the photos around one alone, as many. */
const REACH = 8;
const homes = new Map(
  Array.from({ length: POINTS }, (_, i) => [descriptorKey(world, i), Math.floor((i * COUNT) / POINTS)]),
);
const photos = truth.map((worldFromCam, place): PosedPhoto => {
  const photo = photograph(world, { worldFromCam, believed: disturbed(worldFromCam, random), random });
  const isNear = (home: number) => Math.abs(((home - place + 1.5 * COUNT) % COUNT) - COUNT / 2) <= REACH;
  const features = selectFeatures(photo.features, (i) => isNear(homes.get(descriptorKey(photo.features, i))!));
  return { ...photo, features };
});

/** Each photo with the four that follow. */
const neighbors = truth.flatMap((_, i) =>
  [1, 2, 3, 4].map((step) => pairShown(photos, truth, [i, (i + step) % COUNT])),
);

/** The larger error of rotation and direction of translation, in degrees, of photos half the orbit apart at most. */
function largestError(found: readonly (Pose | undefined)[], [i, j]: readonly [number, number]): number {
  return Math.max(...relativeErrors([found[i]!, found[j]!], [truth[i]!, truth[j]!]));
}

describe("250 photos", () => {
  test("start where verified pairs put them", () => {
    const found = initialCameras(photos, neighbors);
    // Their lengths are those on which features agree, which are half a pixel off.
    for (let i = 1; i < COUNT; i += 7) expect(largestError(found, [0, i])).toBeLessThan(0.5);
  });

  test("and, where these leave groups, the groups where the network puts them", () => {
    const half = (photo: number) => Number(photo >= 150);
    const found = initialCameras(
      photos,
      neighbors.filter(({ photo1, photo2 }) => half(photo1) === half(photo2)),
    );
    expect(largestError(found, [3, 140])).toBeLessThan(1);
    expect(largestError(found, [160, 240])).toBeLessThan(1);
    // The network is wrong by several degrees in each photo.
    for (const pair of [
      [10, 160],
      [60, 200],
      [120, 240],
    ] as const)
      expect(largestError(found, pair)).toBeLessThan(3);
  });

  test("a group in another world of the network's stays out", () => {
    const elsewhere = photos.map((photo, i): PosedPhoto => ({ ...photo, component: Number(i >= 150) }));
    const found = initialCameras(
      elsewhere,
      neighbors.filter(({ photo1, photo2 }) => photo1 < 150 === photo2 < 150),
    );
    expect(found.map((camera) => camera !== undefined)).toEqual(photos.map((_, i) => i < 150));
  });

  test("are refined together", async () => {
    const { cameras } = await refineVerified(photos, neighbors);
    const poses = cameras.map((camera) => camera?.worldFromCam);
    for (let i = 1; i < COUNT; i += 7) expect(largestError(poses, [0, i])).toBeLessThan(1);
  });
});

import { beforeAll, describe, expect, test } from "vitest";
import {
  arcPose,
  boxOfPoints,
  disturbed,
  everyPair,
  FOCAL,
  photograph,
  relativeErrors,
  type Taken,
} from "../../test/featured-photos.ts";
import { type VerifiedCases, verifyCases } from "../../test/verified-cases.ts";
import type { Pose } from "../core/camera.ts";
import { seededRandom } from "../core/random.ts";
import { composePoses, invertRigid } from "../geometry/pose.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import { refineVerified } from "./refine-cameras.ts";
import type { VerifiedPair } from "./verify-pairs.ts";

/** Photos along an arc, of which the network believes the first alone to lie where it does. */
function arcOf(
  name: string,
  {
    count = 4,
    flat = false,
    how = () => ({}),
  }: { count?: number; flat?: boolean; how?: (i: number) => Partial<Taken> },
): PosedPhoto[] {
  const random = seededRandom(name);
  const world = boxOfPoints(300, random, flat);
  return Array.from({ length: count }, (_, i) => {
    const worldFromCam = arcPose(i);
    const believed = i === 0 ? worldFromCam : disturbed(worldFromCam, random);
    return photograph(world, { worldFromCam, believed, random, ...how(i) });
  });
}

const SIZES = [
  { size: { width: 800, height: 600 }, focal: 700 },
  { size: { width: 600, height: 800 }, focal: 640 },
  { size: { width: 1200, height: 900 }, focal: 1300 },
  { size: { width: 640, height: 360 }, focal: 420 },
];
const CASES = {
  "sizes and focal lengths that differ": arcOf("sizes", { how: (i) => ({ ...SIZES[i]!, camera: i }) }),
  "a lens that bends lines": arcOf("bent", { how: () => ({ k1: -0.2 }) }),
  "EXIF data that are 30 % wrong": arcOf("exif", { how: () => ({ focalError: 1.3 }) }).map((photo) => {
    return { ...photo, focal: { ...photo.focal, logSigma: 0.1 } };
  }),
  "a plane": arcOf("plane", { count: 3, flat: true }),
};
type Name = keyof typeof CASES;

let cases: VerifiedCases<Name>;
beforeAll(async () => {
  cases = await verifyCases(CASES);
});

const worse = ([a, b]: readonly [number, number]) => Math.max(a, b);

/** By pair whose cameras are refined: errors of these, and of the network's, in degrees; the larger of rotation and direction. */
async function errors(name: Name) {
  const { cameras } = await cases.refine(name);
  const pairs = everyPair(cameras.length).flatMap(([i, j]) => {
    const [first, second] = [cameras[i], cameras[j]];
    if (first === undefined || second === undefined) return [];
    const truth = [arcPose(i), arcPose(j)] as const;
    const network = [CASES[name][i]!.worldFromCam!, CASES[name][j]!.worldFromCam!] as const;
    return {
      refined: worse(relativeErrors([first.worldFromCam, second.worldFromCam], truth)),
      network: worse(relativeErrors(network, truth)),
    };
  });
  return { cameras, pairs };
}

describe("hard photos", () => {
  test("sizes and focal lengths that differ", async () => {
    const { cameras, pairs } = await errors("sizes and focal lengths that differ");
    expect(pairs).toHaveLength(6);
    for (const { refined } of pairs) expect(refined).toBeLessThan(2);
    for (const [i, { focal }] of SIZES.entries()) expect(cameras[i]!.intrinsics.fx / focal).toBeCloseTo(1, 1);
  });

  test("a lens that bends lines, of which nothing is known: no worse than the network", async () => {
    for (const { refined, network } of (await errors("a lens that bends lines")).pairs)
      expect(refined).toBeLessThan(Math.max(network, 2));
  });

  test("EXIF data that are 30 % wrong do not decide against the features", async () => {
    const { cameras, pairs } = await errors("EXIF data that are 30 % wrong");
    expect(pairs).toHaveLength(6);
    for (const { refined } of pairs) expect(refined).toBeLessThan(2);
    expect(Math.abs(cameras[0]!.intrinsics.fx / FOCAL - 1)).toBeLessThan(0.05);
  });

  test("a plane: no worse than the network", async () => {
    for (const { refined, network } of (await errors("a plane")).pairs)
      expect(refined).toBeLessThan(Math.max(network, 2));
  });
});

test("250 photos", async () => {
  const count = 250;
  const random = seededRandom("many");
  const spacing = 0.6;
  const world = boxOfPoints(4000, random);
  // A long box that cameras pass by, each seeing a part of it.
  for (let i = 0; i < 4000; i++) world.points[3 * i] = (count * spacing + 6) * random() - 3;
  const truth = Array.from({ length: count }, (_, i): Pose => {
    const pose = arcPose(0).slice();
    pose[3] = spacing * i;
    return pose;
  });
  const seen = truth.map((worldFromCam, i) =>
    photograph(world, { worldFromCam, believed: i === 0 ? worldFromCam : disturbed(worldFromCam, random), random }),
  );
  // Depths are looked up in a list of all features: needlessly slow here.
  const photos = seen.map((photo) => ({ ...photo, depthAt: () => 6 }));
  const numberOf = featureNumbers(world.descriptors);
  const pairs = truth.flatMap((_, i) => [1, 2, 3].map((step) => [i, i + step] as const)).filter(([, j]) => j < count);
  const verified = pairs.map(([photo1, photo2]): VerifiedPair => {
    const other = new Map(numbersOf(photos[photo2]!, numberOf).map((number, feature) => [number, feature]));
    const matches = numbersOf(photos[photo1]!, numberOf).flatMap((number, feature) => {
      const match = other.get(number);
      return match === undefined ? [] : [feature, match];
    });
    const cam2FromCam1 = composePoses(invertRigid(truth[photo2]!), truth[photo1]!);
    const noisy = disturbed(cam2FromCam1, random).map((x, k) => cam2FromCam1[k]! + 0.05 * (x - cam2FromCam1[k]!));
    return {
      photo1,
      photo2,
      verdict: "verified",
      cam2FromCam1: noisy,
      focal1: 1.02 * FOCAL,
      focal2: 1.02 * FOCAL,
      matches: Uint32Array.from(matches),
    };
  });
  const { cameras, points } = await refineVerified(photos, verified);
  expect(cameras.every((camera) => camera !== undefined)).toBe(true);
  expect(points.length).toBeGreaterThan(3000);
  const rotations = pairs.map(([i, j]) => {
    const found = [cameras[i]!.worldFromCam, cameras[j]!.worldFromCam] as const;
    return relativeErrors(found, [truth[i]!, truth[j]!])[0];
  });
  expect(Math.max(...rotations)).toBeLessThan(0.5);
});

/** Points of a world by their descriptors. */
function featureNumbers(descriptors: Uint8Array): ReadonlyMap<string, number> {
  return new Map(Array.from({ length: descriptors.length / 128 }, (_, i) => [keyOf(descriptors, i), i]));
}

function numbersOf({ features }: PosedPhoto, numberOf: ReadonlyMap<string, number>): number[] {
  return Array.from({ length: features.count }, (_, i) => numberOf.get(keyOf(features.descriptors, i))!);
}

function keyOf(descriptors: Uint8Array, index: number): string {
  return descriptors.subarray(128 * index, 128 * index + 16).join();
}

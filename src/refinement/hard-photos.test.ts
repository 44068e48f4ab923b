import { beforeAll, describe, expect, test } from "vitest";
import {
  arcPose,
  boxOfPoints,
  disturbed,
  everyPair,
  FOCAL,
  orbitPose,
  photograph,
  relativeErrors,
  type Taken,
} from "../../test/featured-photos.ts";
import { type VerifiedCases, verifyCases } from "../../test/verified-cases.ts";
import { seededRandom } from "../core/random.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import { refineCameras, refineVerified } from "./refine-cameras.ts";

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
const ZOOMS = [700, 560, 800, 620, 900];
const CASES = {
  "sizes and focal lengths that differ": arcOf("sizes", { how: (i) => ({ ...SIZES[i]!, camera: i }) }),
  "a camera that is held upright now and then": arcOf("upright", {
    how: (i) => (i % 2 === 0 ? {} : { size: { width: 600, height: 800 } }),
  }),
  "a lens that bends lines": arcOf("bent", { how: () => ({ k1: -0.2 }) }),
  "a lens that bends lines outwards": arcOf("pincushion", { how: () => ({ k1: 0.12 }) }),
  "a lens that zooms from photo to photo": arcOf("zoom", { count: 5, how: (i) => ({ focal: ZOOMS[i]! }) }),
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
  const { cameras, lenses } = await cases.refine(name);
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
  return { cameras, lenses, pairs };
}

describe("hard photos", () => {
  test("sizes and focal lengths that differ", async () => {
    const { cameras, pairs } = await errors("sizes and focal lengths that differ");
    expect(pairs).toHaveLength(6);
    for (const { refined } of pairs) expect(refined).toBeLessThan(2);
    for (const [i, { focal }] of SIZES.entries()) expect(cameras[i]!.intrinsics.fx / focal).toBeCloseTo(1, 1);
  });

  test("a camera that is held upright now and then has its focal length from all its photos", async () => {
    const { cameras, pairs } = await errors("a camera that is held upright now and then");
    expect(pairs).toHaveLength(6);
    for (const { refined } of pairs) expect(refined).toBeLessThan(1);
    for (const [i, camera] of cameras.entries()) {
      expect(camera!.intrinsics.fx).toBe(cameras[0]!.intrinsics.fx);
      expect(camera!.intrinsics.fx / FOCAL).toBeCloseTo(1, 1);
      expect(camera!.intrinsics.cx).toBe(i % 2 === 0 ? 399.5 : 299.5);
    }
  });

  test("a lens that bends lines, of which nothing is known, is found; cameras are no worse than the network's", async () => {
    const { pairs, lenses } = await errors("a lens that bends lines");
    for (const { refined, network } of pairs) expect(refined).toBeLessThan(Math.max(network, 2));
    for (const lens of lenses) {
      expect(lens!.fx / FOCAL).toBeCloseTo(1, 1);
      // Over the photo: 0.36 is the square of the corner's distance.
      expect(lens!.k1 + 0.36 * lens!.k2).toBeCloseTo(-0.2, 1);
    }
  });

  test("a lens that bends lines outwards is found, too", async () => {
    for (const lens of (await errors("a lens that bends lines outwards")).lenses)
      expect(lens!.k1 + 0.36 * lens!.k2).toBeCloseTo(0.12, 1);
  });

  test("three photos of a lens that bends lines are too few to find it", async () => {
    const photos = CASES["a lens that bends lines"].slice(0, 3);
    const verified = cases.verified("a lens that bends lines").filter(({ photo2 }) => photo2 < 3);
    const { lenses, points } = await refineVerified(photos, verified);
    expect(points.count).toBeGreaterThan(100);
    expect(lenses).toEqual([undefined, undefined, undefined]);
  });

  test("lenses that bend no lines are not found to bend any", async () => {
    for (const name of [
      "sizes and focal lengths that differ",
      "a lens that zooms from photo to photo",
      "EXIF data that are 30 % wrong",
      "a plane",
    ] as const)
      expect((await errors(name)).lenses, name).toEqual(CASES[name].map(() => undefined));
  });

  test("photos of one size that contradict each other about their focal length have one each", async () => {
    const random = seededRandom("zoom");
    const world = boxOfPoints(250, random);
    const focals = [600, 1000, 520, 800, 1200];
    const poses = focals.map((_, i) => orbitPose(0.3 * i, 0.05 * i));
    const photos = focals.map((focal, i) => {
      const photo = photograph(world, { worldFromCam: poses[i]!, random, focal });
      // What the network makes of all of them.
      return { ...photo, intrinsics: { ...photo.intrinsics, fx: 800, fy: 800 }, focal: { focal: 800, logSigma: 0.3 } };
    });
    const pairs = everyPair(photos.length);
    const guessed = photos.map((photo) => ({ ...photo, cameraIsGuessed: true }));
    const { cameras } = await refineCameras(guessed, { pairs });
    for (const [i, focal] of focals.entries())
      expect(Math.abs(cameras[i]!.intrinsics.fx / focal - 1)).toBeLessThan(0.02);
    for (const [i, j] of pairs) {
      const found = [cameras[i]!.worldFromCam, cameras[j]!.worldFromCam] as const;
      expect(worse(relativeErrors(found, [poses[i]!, poses[j]!]))).toBeLessThan(1);
    }
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

import { beforeAll, describe, expect, test } from "vitest";
import { disturbed, everyPair, relativeErrors } from "../../test/featured-photos.ts";
import { board, mottled, type Rectangle, tracePhoto } from "../../test/traced-photos.ts";
import { type VerifiedCases, verifyCases } from "../../test/verified-cases.ts";
import type { Pose } from "../core/camera.ts";
import { seededRandom } from "../core/random.ts";
import { detectFeatures } from "../features/detect-features.ts";
import { rigidPose, translationOf } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import type { PosedPhoto } from "./posed-photo.ts";

const SIZE = { width: 320, height: 240 };
const FOCAL = 300;
const INTRINSICS = { fx: FOCAL, fy: FOCAL, cx: 159.5, cy: 119.5 };

/** Cameras side by side that turn to one place, and some that only turn. */
const looking = (step: number): Pose =>
  rigidPose(rotationFromVector([0.01 * step, -0.1 * step, 0.02 * step]), [0.7 * step, 0.05 * step, 0.1 * step]);
const turning = (step: number): Pose =>
  rigidPose(rotationFromVector([0.03 * step, 0.15 * step, 0.01 * step]), [0, 0, 0]);

const room = (seed: number): Rectangle[] => [
  board([0, 0, 7], [9, 6], mottled(seed)),
  board([-1.1, 0.5, 4.2], [0.8, 0.9], mottled(seed + 1)),
  board([1.4, -0.4, 5], [0.7, 1], mottled(seed + 2)),
  board([0.4, 1.3, 3.4], [0.9, 0.5], mottled(seed + 3)),
];
/** Windows of one shape, a unit apart. */
const facade = (u: number, v: number) => mottled(40)(0.9 * (u - Math.floor(u)), 0.9 * (v - Math.floor(v)));
const faint = (u: number, v: number) => 0.6 + 0.004 * (mottled(50)(u, v) - 0.5);
const mirror: Rectangle = { ...board([-1.6, 0, 5], [1.5, 2], "mirror"), right: [0.97, 0, 0.2431], down: [0, 1, 0] };
const screen = (step: number) => board([0.1 + 0.9 * step, 0, 2.6], [0.8, 0.9], mottled(70));

const SCENES = {
  "a room": [0, 1, 2].map((i) => ({ pose: looking(i), surfaces: room(1) })),
  "a repeated facade": [0, 1, 2].map((i) => ({ pose: looking(i), surfaces: [board([0, 0, 6], [20, 20], facade)] })),
  "a mirror": [0, 1, 2].map((i) => ({
    pose: looking(i),
    surfaces: [...room(10), mirror, board([0, 0, -4], [9, 6], mottled(15))],
  })),
  "a wall without texture": [0, 1, 2].map((i) => ({ pose: looking(i), surfaces: [board([0, 0, 6], [20, 20], faint)] })),
  "two places": [0, 1].map((i) => ({ pose: looking(i), surfaces: room(20 + 10 * i) })),
  "a turn alone": [0, 1].map((i) => ({ pose: turning(i), surfaces: room(1) })),
  "a screen that moves": [0, 1, 2].map((i) => ({ pose: looking(i), surfaces: [screen(i), ...room(1)] })),
} as const;
type Name = keyof typeof SCENES;

const photosOf = (name: Name): PosedPhoto[] => {
  const random = seededRandom(name);
  return SCENES[name].map(({ pose, surfaces }, i) => {
    const { image, depth } = tracePhoto(surfaces, { ...SIZE, worldFromCam: pose, intrinsics: INTRINSICS });
    const focal = 1.15 * FOCAL;
    // A network places even cameras apart that only turned.
    const [x, y, z] = translationOf(pose);
    const seen =
      name === "a turn alone" ? rigidPose(rotationFromVector([0.03 * i, 0.15 * i, 0]), [x + 0.5 * i, y, z]) : pose;
    return {
      features: detectFeatures(image),
      intrinsics: { ...INTRINSICS, fx: focal, fy: focal },
      focal: { focal, logSigma: 0.35 },
      camera: 0,
      worldFromCam: i === 0 ? seen : disturbed(seen, random),
      component: 0,
      isFixed: false,
      isStraight: false,
      cameraIsGuessed: false,
      depthAt: (u, v) => {
        const pixel = Math.round(v) * SIZE.width + Math.round(u);
        return (depth[pixel] ?? 0) * (1 + 0.1 * Math.sin(u / 40));
      },
      noise: 1,
    };
  });
};

const photos = Object.fromEntries((Object.keys(SCENES) as Name[]).map((name) => [name, photosOf(name)])) as Record<
  Name,
  PosedPhoto[]
>;
let cases: VerifiedCases<Name>;
beforeAll(async () => {
  cases = await verifyCases(photos);
});

/** The larger error of rotation and direction of translation, of each pair whose cameras are refined, and the network's. */
async function errors(name: Name) {
  const { cameras } = await cases.refine(name);
  return everyPair(cameras.length).flatMap(([i, j]) => {
    const [first, second] = [cameras[i], cameras[j]];
    if (first === undefined || second === undefined) return [];
    const truth = [SCENES[name][i]!.pose, SCENES[name][j]!.pose] as const;
    const network = [photos[name][i]!.worldFromCam!, photos[name][j]!.worldFromCam!] as const;
    return {
      refined: Math.max(...relativeErrors([first.worldFromCam, second.worldFromCam], truth)),
      network: Math.max(...relativeErrors(network, truth)),
    };
  });
}

describe("what misleads features makes no scene worse than the network's", () => {
  test("and what does not makes it better: a room", async () => {
    const found = await errors("a room");
    expect(found).toHaveLength(3);
    for (const { refined, network } of found) {
      expect(refined).toBeLessThan(3);
      expect(refined).toBeLessThan(network);
    }
  });

  test.each(["a repeated facade", "a mirror", "a screen that moves"] as const)("%s", async (name) => {
    const found = await errors(name);
    for (const { refined, network } of found) expect(refined).toBeLessThan(network + 1);
  });

  test.each(["a wall without texture", "two places"] as const)("%s: nothing is verified", async (name) => {
    expect(cases.verified(name)).toEqual([]);
    const { cameras, points } = await cases.refine(name);
    expect(cameras.every((camera) => camera === undefined)).toBe(true);
    expect(points.count).toBe(0);
  });

  test("a turn alone: it is recognized, and no place is made up", async () => {
    expect(cases.verified("a turn alone").map(({ verdict }: { verdict: string }) => verdict)).toEqual(["rotation"]);
    expect((await cases.refine("a turn alone")).cameras).toEqual([undefined, undefined]);
  });
});

import { expect, test } from "vitest";
import { bundleScene } from "../../test/bundle-scene.ts";
import {
  boxOfPoints,
  everyPair,
  FOCAL,
  orbitPose,
  photograph,
  relativeErrors,
  SIZE,
  type Taken,
} from "../../test/featured-photos.ts";
import { gaussian, seededRandom } from "../core/random.ts";
import { selectFeatures } from "../features/features.ts";
import { foundCenters, withCenters } from "./found-centers.ts";
import type { PosedPhoto } from "./posed-photo.ts";
import { refineCameras } from "./refine-cameras.ts";

const POSES = Array.from({ length: 5 }, (_, i) => orbitPose(0.25 * i, 0.06 * (i % 3)));
const [CX, CY] = [(SIZE.width - 1) / 2, (SIZE.height - 1) / 2];

function photosOf(name: string, taken: Partial<Taken> = {}): PosedPhoto[] {
  const random = seededRandom(name);
  const world = boxOfPoints(400, random);
  return POSES.map((worldFromCam) => photograph(world, { worldFromCam, random, ...taken }));
}

/** As if so many pixels had been cut off on the left and above, and as many been there on the other sides. */
function cropped(photo: PosedPhoto, across: number, along: number): PosedPhoto {
  const positions = photo.features.positions.map((value, i) => value - (i % 2 === 0 ? across : along));
  const { width, height } = photo.features;
  const isInside = (i: number) => {
    const [x, y] = [positions[2 * i]!, positions[2 * i + 1]!];
    return x >= 0 && y >= 0 && x < width && y < height;
  };
  return { ...photo, features: selectFeatures({ ...photo.features, positions }, isInside) };
}

test("photos that were cropped are found to be, and have their principal points", async () => {
  const photos = photosOf("cropped").map((photo) => cropped(photo, 70, -50));
  const { cameras, centers } = await refineCameras(photos, { pairs: everyPair(POSES.length) });
  for (const [i, center] of centers.entries()) {
    expect(Math.hypot(center![0] - (CX - 70), center![1] - (CY + 50))).toBeLessThan(6);
    expect(cameras[i]!.intrinsics).toMatchObject({ cx: center![0], cy: center![1] });
    expect(Math.abs(cameras[i]!.intrinsics.fx / FOCAL - 1)).toBeLessThan(0.02);
  }
  for (const [i, j] of everyPair(POSES.length)) {
    const found = [cameras[i]!.worldFromCam, cameras[j]!.worldFromCam] as const;
    expect(Math.max(...relativeErrors(found, [POSES[i]!, POSES[j]!]))).toBeLessThan(0.5);
  }
});

test.each<readonly [string, Partial<Taken>]>([
  ["are as they were taken", {}],
  ["have a lens that bends lines", { k1: -0.2 }],
])("photos that %s have their principal points in the middle", async (name, taken) => {
  const { centers } = await refineCameras(photosOf(name, taken), { pairs: everyPair(POSES.length) });
  expect(centers).toEqual(POSES.map(() => undefined));
});

test("what is gained without them says nothing for principal points", async () => {
  const random = seededRandom("unsettled");
  const settled = bundleScene(random, { photos: POSES.length, points: 500, arc: 12, noise: 2 });
  const unsettled = { ...settled, points: settled.points.map((value) => value + 0.03 * gaussian(random)) };
  expect(await foundCenters(unsettled, photosOf("unsettled"), {})).toEqual([undefined]);
});

test("principal points that are known stay", async () => {
  const photos = photosOf("known").map((photo) => {
    const { focal, ...rest } = cropped(photo, 70, -50);
    return { ...rest, focal: { ...focal, logSigma: 0 } };
  });
  const { centers } = await refineCameras(photos, { pairs: everyPair(POSES.length) });
  expect(centers).toEqual(POSES.map(() => undefined));
});

test("photos of one size have the principal point on which others agree, unless theirs is known", () => {
  const photos = photosOf("alike");
  const known = { ...photos[4]!, focal: { ...photos[4]!.focal, logSigma: 0 } };
  const all = [...photos.slice(0, 4), known];
  const centerOf = ({ intrinsics: { cx, cy } }: PosedPhoto) => [cx, cy];
  const alike = withCenters(all, [[330, 340], [331, 342], [332, 341], undefined, undefined]);
  expect(alike.map(centerOf)).toEqual([
    [330, 340],
    [331, 342],
    [332, 341],
    [331, 341],
    [CX, CY],
  ]);
  const apart = withCenters(all, [[330, 340], [331, 342], [432, 241], undefined, undefined]);
  expect(apart.slice(3).map(centerOf)).toEqual([
    [CX, CY],
    [CX, CY],
  ]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BundleSceneOptions, bundleScene, disturb } from "../../test/bundle-scene.ts";
import { poseDifference } from "../../test/pose-errors.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import type { Pose } from "../core/camera.ts";
import { seededRandom } from "../core/random.ts";
import { dot, normalize } from "../geometry/mat3.ts";
import { composePoses, identityPose, invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import { rotationAngle } from "../geometry/rotation.ts";
import { type AdjustOptions, adjustBundle } from "./adjust-bundle.ts";
import type { Bundle, BundlePhoto } from "./bundle.ts";

const SQUARES: AdjustOptions = { lossScale: Number.POSITIVE_INFINITY };

function small(seed: string, options: Partial<BundleSceneOptions> = {}): Bundle {
  return bundleScene(seededRandom(seed), { photos: 8, points: 120, ...options });
}

/** The largest errors of any two photos to each other, in degrees. */
function relativeErrors(found: readonly BundlePhoto[], truth: readonly BundlePhoto[]) {
  const relative = (photos: readonly BundlePhoto[], i: number, j: number): Pose =>
    composePoses(photos[i]!.camFromWorld, invertRigid(photos[j]!.camFromWorld));
  let rotation = 0;
  let direction = 0;
  for (let i = 0; i < truth.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [relative(found, i, j), relative(truth, i, j)];
      rotation = Math.max(rotation, rotationAngle(rotationOf(a), rotationOf(b)));
      direction = Math.max(direction, Math.acos(dot(normalize(translationOf(a)), normalize(translationOf(b)))));
    }
  }
  return { rotation: (180 / Math.PI) * rotation, direction: (180 / Math.PI) * direction };
}

function numbersOf({ photos, cameras, points }: Bundle): number[] {
  const intrinsics = cameras.flatMap(({ fx, fy, cx, cy, k1 = 0, k2 = 0 }) => [fx, fy, cx, cy, k1, k2]);
  return [...photos.flatMap(({ camFromWorld }) => [...camFromWorld]), ...intrinsics, ...points];
}

describe("adjustBundle", () => {
  test("finds cameras of noisy matches from several degrees away", async () => {
    const random = seededRandom("several degrees");
    const truth = bundleScene(random, { photos: 12, points: 4000, arc: 90, longestTrack: 12, noise: 0.5 });
    const start = disturb(random, truth, { degrees: 4, distance: 0.1, focal: 0.05 });
    const { bundle, converged, cost } = await adjustBundle(start);
    expect(cost / (await adjustBundle(truth)).cost).toBeCloseTo(1, 5);
    const { rotation, direction } = relativeErrors(bundle.photos, truth.photos);
    expect(converged).toBe(true);
    expect(rotation).toBeLessThan(0.05);
    expect(direction).toBeLessThan(0.1);
    expect(Math.abs(bundle.cameras[0]!.fx / truth.cameras[0]!.fx - 1)).toBeLessThan(0.002);
  });

  test("finds everything exactly without noise, principal point and lens included", async () => {
    const random = seededRandom("exactly");
    const free = { focal: true, principalPoint: true, distortion: true };
    const truth = bundleScene(random, { photos: 12, points: 400, cameras: 2, lens: [-0.1, 0.03], free, noise: 0 });
    const start = disturb(random, truth, { degrees: 1, distance: 0.05, focal: 0.05 });
    const wrong = start.cameras.map((camera) => ({ ...camera, cx: camera.cx + 5, k1: 0, k2: 0 }));
    const { bundle, cost } = await adjustBundle({ ...start, cameras: wrong }, SQUARES);
    expect(cost).toBeLessThan(1e-8);
    expect(relativeErrors(bundle.photos, truth.photos).rotation).toBeLessThan(1e-5);
    bundle.cameras.forEach((camera, i) => {
      for (const name of ["fx", "fy", "cx", "cy", "k1", "k2"] as const) {
        expect(camera[name]! / truth.cameras[i]![name]!).toBeCloseTo(1, 4);
      }
    });
  });

  test("outliers hardly matter to a robust loss", async () => {
    const random = seededRandom("outliers");
    const truth = bundleScene(random, { photos: 10, points: 600, arc: 90, longestTrack: 10 });
    const xy = truth.observations.xy.map((value) => (random() < 0.02 ? value + 100 * (random() - 0.5) : value));
    const start = disturb(
      random,
      { ...truth, observations: { ...truth.observations, xy } },
      { degrees: 1, distance: 0.03 },
    );
    const robust = relativeErrors((await adjustBundle(start)).bundle.photos, truth.photos);
    const squares = relativeErrors((await adjustBundle(start, SQUARES)).bundle.photos, truth.photos);
    const clean = relativeErrors((await adjustBundle(truth, SQUARES)).bundle.photos, truth.photos);
    expect(robust.rotation).toBeLessThan(2 * clean.rotation);
    expect(squares.rotation).toBeGreaterThan(3 * clean.rotation);
  });

  test("more than a hundred photos come to where noise says", async () => {
    const random = seededRandom("a hundred and fifty");
    const truth = bundleScene(random, { photos: 150, points: 3000, longestTrack: 8 });
    const start = disturb(random, truth, { degrees: 0.3, distance: 0.02, focal: 0.02 });
    const { cost, converged } = await adjustBundle(start, SQUARES);
    const freedom = 2 * truth.observations.photo.length - 3 * 3000 - 6 * 150;
    expect(converged).toBe(true);
    expect(cost / (0.5 * 0.5 ** 2 * freedom)).toBeCloseTo(1, 1);
  });

  test("what is fixed stays the very same", async () => {
    const truth = small("fixed", { cameras: 2 });
    const moved = disturb(seededRandom("fixed start"), truth, { degrees: 1, distance: 0.05, focal: 0.05 });
    const start: Bundle = {
      ...moved,
      photos: moved.photos.map((photo, i) => (i === 2 || i === 5 ? { ...truth.photos[i]!, fixed: true } : photo)),
      cameras: moved.cameras.map((camera, i) =>
        i === 0 ? { ...truth.cameras[0]!, free: { focal: false, principalPoint: false, distortion: false } } : camera,
      ),
    };
    const { bundle, cost, initialCost } = await adjustBundle(start);
    expect(bundle.photos[2]).toBe(start.photos[2]);
    expect(bundle.photos[5]).toBe(start.photos[5]);
    expect(bundle.cameras[0]).toEqual(start.cameras[0]);
    expect(cost).toBeLessThan(0.01 * initialCost);
    // Two known photos fix the world, so that the others are where they are.
    for (const [i, { camFromWorld }] of bundle.photos.entries()) {
      expect(poseDifference(camFromWorld, truth.photos[i]!.camFromWorld).distance).toBeLessThan(0.05);
    }
  });

  test.each([-1, 0, 3])("with photo %i fixed the world keeps its place and size", async (known) => {
    const random = seededRandom("gauge");
    const scene = disturb(random, small("gauge"), { degrees: 1, distance: 0.05, focal: 0.05 });
    const start = { ...scene, photos: scene.photos.map((photo, i) => ({ ...photo, fixed: i === known })) };
    const { bundle } = await adjustBundle(start);
    const anchor = Math.max(known, 0);
    const kept = poseDifference(bundle.photos[anchor]!.camFromWorld, start.photos[anchor]!.camFromWorld);
    expect(kept.distance).toBeLessThan(1e-9);
    expect(kept.degrees).toBeLessThan(1e-5);
    const extent = ({ photos }: Bundle) => {
      const centers = photos.map(({ camFromWorld }) => translationOf(invertRigid(camFromWorld)));
      return Math.hypot(...centers.flatMap((center) => center.map((x, axis) => x - centers[anchor]![axis]!)));
    };
    expect(extent(bundle) / extent(start)).toBeCloseTo(1, 9);
  });

  test("a focal length that observations do not fix stays near what is likely", async () => {
    // Two photos from nearly one place.
    const truth = small("prior", { photos: 2, points: 60, arc: 10, noise: 1 });
    const likely = 1.2 * truth.cameras[0]!.fx;
    const focalWith = async (sigma: number) => {
      const cameras = truth.cameras.map((camera) => ({
        ...camera,
        fx: likely,
        fy: likely,
        focalPrior: { focal: likely, sigma },
      }));
      return (await adjustBundle({ ...truth, cameras })).bundle.cameras[0]!;
    };
    const narrow = await focalWith(1e-4);
    expect(narrow.fx / likely).toBeCloseTo(1, 3);
    const wide = await focalWith(0.1);
    expect(Math.abs(wide.fx / likely - 1)).toBeGreaterThan(Math.abs(narrow.fx / likely - 1));
    expect(wide.fy).toBe(wide.fx);
  });

  test("costs never rise, and the same start leads to the same end", async () => {
    await fc.assert(
      fc.asyncProperty(anyRandom, async (random) => {
        const scene = bundleScene(random, { photos: 5, points: 40, cameras: 2, noise: 2 });
        const start = disturb(random, scene, { degrees: 10, distance: 0.5, focal: 0.2 });
        const costs: number[] = [];
        const result = await adjustBundle(start, { maxIterations: 15, onIteration: ({ cost }) => costs.push(cost) });
        for (const [i, cost] of costs.entries()) expect(cost).toBeLessThanOrEqual(costs[i - 1] ?? result.initialCost);
        expect(result.cost).toBe(costs.at(-1));
        expect(numbersOf(result.bundle).every(Number.isFinite)).toBe(true);
        expect(numbersOf((await adjustBundle(start, { maxIterations: 15 })).bundle)).toEqual(numbersOf(result.bundle));
      }),
      { numRuns: 10 },
    );
  });

  test("aborting rejects with the signal's reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const start = disturb(seededRandom("abort"), small("abort"), { degrees: 3, distance: 0.1 });
    const onIteration = () => controller.abort(reason);
    await expect(adjustBundle(start, { signal: controller.signal, onIteration })).rejects.toBe(reason);
  });
});

describe("input that says nothing or nonsense", () => {
  const good = small("bad input", { arc: 90 });
  const start = disturb(seededRandom("bad input start"), good, { degrees: 1, distance: 0.05 });

  async function check(bundle: Bundle): Promise<Bundle> {
    const result = await adjustBundle(bundle);
    expect(result.cost).toBeLessThanOrEqual(result.initialCost);
    const given = numbersOf(bundle);
    expect(numbersOf(result.bundle).every((x, i) => Number.isFinite(x) || !Number.isFinite(given[i]!))).toBe(true);
    return result.bundle;
  }

  test("nothing at all", async () => {
    const observations = { photo: new Uint32Array(), point: new Uint32Array(), xy: new Float64Array() };
    expect(await check({ cameras: [], photos: [], points: new Float64Array(), observations })).toMatchObject({
      photos: [],
    });
    const result = await adjustBundle({ ...start, observations });
    expect(result).toMatchObject({ initialCost: 0, cost: 0, converged: true });
    expect(numbersOf(result.bundle).map((x) => x.toFixed(9))).toEqual(numbersOf(start).map((x) => x.toFixed(9)));
  });

  test("a photo without observations stays where it is", async () => {
    const photos = [...start.photos, { camera: 0, camFromWorld: identityPose(), fixed: false }];
    const fixed = photos.map((photo, i) => ({ ...photo, fixed: i < 2 }));
    expect((await check({ ...start, photos: fixed })).photos.at(-1)!.camFromWorld).toEqual(identityPose());
  });

  test.each([
    ["all points behind", (x: number) => -50 * x],
    ["all points nearly infinitely far", (x: number) => 1e9 * x],
    ["all points in one place", () => 0.1],
    ["points that are no numbers", () => Number.NaN],
    ["infinite points", () => Number.POSITIVE_INFINITY],
  ])("%s", async (_, place) => {
    await check({ ...start, points: start.points.map(place) });
  });

  test("a point on the camera's center", async () => {
    const points = start.points.slice();
    points.set(translationOf(invertRigid(start.photos[0]!.camFromWorld)), 0);
    await check({ ...start, points });
  });

  test("photos that are all the same", async () => {
    await check({ ...start, photos: start.photos.map(() => start.photos[0]!) });
  });

  test("observations, sigmas, a pose and a prior that are no numbers spoil nothing else", async () => {
    const { observations, photos, cameras } = start;
    const bundle = await check({
      ...start,
      cameras: cameras.map((camera) => ({ ...camera, focalPrior: { focal: Number.NaN, sigma: 0.1 } })),
      photos: photos.map((photo, i) =>
        i === 6 ? { ...photo, camFromWorld: new Float64Array(16).fill(Number.NaN) } : photo,
      ),
      observations: {
        ...observations,
        xy: observations.xy.map((value, i) => (i % 50 === 0 ? Number.NaN : value)),
        sigma: Float32Array.from(observations.photo, (_, i) => (i % 70 === 0 ? 0 : 1)),
      },
    });
    const others = (list: readonly BundlePhoto[]) => list.filter((_, i) => i !== 6);
    expect(relativeErrors(others(bundle.photos), others(good.photos)).rotation).toBeLessThan(0.5);
  });

  test("an index that is not there is a bug of the caller's", async () => {
    const point = start.observations.point.slice();
    point[3] = 1e6;
    await expect(adjustBundle({ ...start, observations: { ...start.observations, point } })).rejects.toThrow(
      "assertion",
    );
  });
});

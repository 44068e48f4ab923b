import { describe, expect, test } from "vitest";
import { arcCameras, noisyPredictions, sphereRoomDepth } from "../../test/noisy-room.ts";
import { type OracleCamera, oraclePredictions } from "../../test/oracle-pairs.ts";
import { cameraErrors, poseDifference } from "../../test/pose-errors.ts";
import { registerCameras } from "../../test/register-cameras.ts";
import { type RoomCamera, streamOf } from "../../test/synthetic-pairs.ts";
import type { Pose } from "../core/camera.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { seededRandom } from "../core/random.ts";
import type { Scene } from "../core/scene.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { composePoses, rigidPose, scaleTranslation } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { moveCamera } from "../geometry/similarity.ts";
import { align } from "./align.ts";
import type { AlignOptions, AlignPriors } from "./align-options.ts";

const size = { width: 32, height: 24 };
const SEEDS = ["one", "two", "three", "four"];

/** Neighbors of a chain, both ways round: errors add up along it. */
function chainPairs(count: number): [number, number][] {
  return Array.from({ length: count - 1 }, (_, i) => [[i, i + 1] as const, [i + 1, i] as const]).flat() as [
    number,
    number,
  ][];
}

interface Case {
  readonly cameras: readonly RoomCamera[];
  readonly predictions: readonly PairPrediction[];
}

function noisyChain(seed: string, change: (cameras: RoomCamera[]) => RoomCamera[] = (cameras) => cameras): Case {
  const cameras = change(arcCameras(5, size, seed));
  return { cameras, predictions: [...noisyPredictions(cameras, chainPairs(5), { seed, noise: 0.05 })] };
}

function run({ cameras, predictions }: Case, priors?: AlignPriors, options: AlignOptions = {}): Promise<Scene> {
  return align(
    cameras.map((camera) => camera.size),
    streamOf(predictions),
    { ...options, priors },
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;
const posesOf = (scene: Scene) => scene.images.map((image) => image.worldFromCam);
const truthOf = ({ cameras }: Case) => cameras.map((camera) => camera.worldFromCam);
const intrinsicsOf = ({ cameras }: Case) => cameras.map((camera) => centeredIntrinsics(camera.size, camera.focal));

/** Mean distance of the centers from the truth, in its units, after the best similarity. */
function misplacement(scene: Scene, example: Case): number {
  return mean(cameraErrors(posesOf(scene), truthOf(example)).distances);
}

/** Mean distance of the centers from the truth, as they are. */
function absoluteError(scene: Scene, example: Case): number {
  const truth = truthOf(example);
  return mean(posesOf(scene).map((pose, i) => Math.hypot(...[3, 7, 11].map((k) => pose[k]! - truth[i]![k]!))));
}

function focalError(scene: Scene, { cameras }: Case): number {
  return mean(scene.images.map(({ intrinsics }, i) => Math.abs(intrinsics.fx / cameras[i]!.focal - 1)));
}

/** The mean over several noisy scenes of an error with a prior, as a share of the error without it. */
async function improvement(
  make: (seed: string) => Case,
  priorsOf: (example: Case) => AlignPriors,
  error: (scene: Scene, example: Case) => number,
  seeds: readonly string[] = SEEDS,
): Promise<number> {
  const errors = await Promise.all(
    seeds.map(async (seed) => {
      const example = make(seed);
      return [await run(example, priorsOf(example)), await run(example)].map((scene) => error(scene, example));
    }),
  );
  return mean(errors.map(([after]) => after!)) / mean(errors.map(([, before]) => before!));
}

describe("what is known beforehand makes a noisy scene better:", () => {
  test("intrinsics of all images", async () => {
    const priors = (example: Case) => ({ intrinsics: intrinsicsOf(example) });
    expect(await improvement(noisyChain, priors, misplacement)).toBeLessThan(0.85);
  });

  test("intrinsics of some", async () => {
    const priors = (example: Case) => ({
      intrinsics: intrinsicsOf(example).map((intrinsics, i) => (i % 2 === 0 ? intrinsics : undefined)),
    });
    expect(await improvement(noisyChain, priors, misplacement)).toBeLessThan(0.9);
  });

  test("that all have one focal length", async () => {
    const same = (seed: string) => noisyChain(seed, (cameras) => cameras.map((camera) => ({ ...camera, focal: 35 })));
    expect(await improvement(same, () => ({ cameras: [0, 0, 0, 0, 0] }), focalError)).toBeLessThan(0.7);
    const scene = await run(same("one"), { cameras: [0, 0, 0, 0, 0] });
    expect(new Set(scene.images.map(({ intrinsics }) => intrinsics.fx.toFixed(9))).size).toBe(1);
  });

  test("three poses of five: the others are nearer too", async () => {
    const known = [0, 2, 4];
    const ofOthers = (scene: Scene, example: Case) => {
      const truth = truthOf(example);
      const poses = posesOf(scene);
      const pick = (list: readonly Pose[]) => known.map((i) => list[i]!);
      const registration = registerCameras(pick(poses), pick(truth));
      if (registration.status === "failed") throw new Error(registration.reason);
      const errors = [1, 3].map((i) => poseDifference(moveCamera(registration.targetFromSource, poses[i]!), truth[i]!));
      return mean(errors.map(({ distance }) => distance));
    };
    const priors = (example: Case) => ({ worldFromCam: truthOf(example).map((pose, i) => (i % 2 ? undefined : pose)) });
    // Noise that differs from pixel to pixel moves cameras little: it takes many scenes to see a difference.
    const seeds = Array.from({ length: 16 }, (_, k) => `poses ${k}`);
    expect(await improvement(noisyChain, priors, ofOthers, seeds)).toBeLessThan(1);
  });

  test("masks over something that moves", async () => {
    const disturbed = (seed: string): Case => {
      const { cameras, predictions } = noisyChain(seed);
      const random = seededRandom(seed);
      const spoil = (pointmap: Float32Array) => {
        const shift = [0, 1, 2].map(() => random() - 0.5);
        return pointmap.map((x, i) => (isMasked(Math.floor(i / 3)) ? x * 0.6 + shift[i % 3]! : x));
      };
      const sure = (confidence: Float32Array) => confidence.map((c, i) => (isMasked(i) ? 20 : c));
      return {
        cameras,
        predictions: predictions.map((pair) => ({
          ...pair,
          pointmap1: spoil(pair.pointmap1),
          pointmap2: spoil(pair.pointmap2),
          confidence1: sure(pair.confidence1),
          confidence2: sure(pair.confidence2),
        })),
      };
    };
    const isMasked = (pixel: number) => pixel % size.width < 12 && pixel < 16 * size.width;
    const mask = Uint8Array.from({ length: size.width * size.height }, (_, pixel) => (isMasked(pixel) ? 0 : 1));
    const masks = Array.from({ length: 5 }, () => mask);
    expect(await improvement(disturbed, () => ({ masks }), misplacement)).toBeLessThan(0.5);
    for (const method of ["global", "pair", "none"] as const) {
      const scene = await run(disturbed("one"), { masks }, { method });
      expect(scene.images[0]!.depth.filter((z, pixel) => isMasked(pixel) && z !== 0)).toHaveLength(0);
    }
  });

  test("that principal points are off the center", async () => {
    const example = noisyChain("shifted");
    // A crop: rows and columns are cut off, so that the principal point is no longer in the middle.
    const width = 26;
    const cropped = { width, height: size.height };
    const crop = (values: Float32Array, channels: number) =>
      values.filter((_, i) => Math.floor(i / channels) % size.width < width);
    const predictions = example.predictions.map((pair) => ({
      ...pair,
      size1: cropped,
      size2: cropped,
      pointmap1: crop(pair.pointmap1, 3),
      pointmap2: crop(pair.pointmap2, 3),
      confidence1: crop(pair.confidence1, 1),
      confidence2: crop(pair.confidence2, 1),
    }));
    const off = { cameras: example.cameras.map((camera) => ({ ...camera, size: cropped })), predictions };
    const [free, centered] = [await run(off, { optimizePrincipalPoint: true }), await run(off)];
    const error = (scene: Scene) => mean(scene.images.map(({ intrinsics }) => Math.abs(intrinsics.cx - 15.5)));
    expect(error(centered)).toBe(3);
    expect(error(free)).toBeLessThan(1.5);
    expect(free.alignment.loss!).toBeLessThan(centered.alignment.loss!);
  });
});

describe("known poses", () => {
  const example = noisyChain("poses");
  const truth = truthOf(example);

  test("one: the scene is in its frame, in arbitrary units", async () => {
    const scene = await run(example, { worldFromCam: truth.map((pose, i) => (i === 3 ? pose : undefined)) });
    expect(poseDifference(scene.images[3]!.worldFromCam, truth[3]!).distance).toBeLessThan(1e-9);
    expect(poseDifference(scene.images[3]!.worldFromCam, truth[3]!).degrees).toBeLessThan(1e-6);
    expect(scene.units).toBe("arbitrary");
    const free = await run(example);
    expect(misplacement(scene, example)).toBeCloseTo(misplacement(free, example), 2);
  });

  test("two: the scene has their scale, and meters if they are", async () => {
    const some = truth.map((pose, i) => (i === 0 || i === 4 ? pose : undefined));
    const scene = await run(example, { worldFromCam: some, posesInMeters: true });
    expect(absoluteError(scene, example)).toBeLessThan(0.1);
    expect(scene.units).toBe("metres");
    expect(scene.warnings).toEqual([]);
    const exact = sphereRoomDepth(example.cameras[2]!);
    const errors = scene.images[2]!.depth.map((z, pixel) => Math.abs(z / exact[pixel]! - 1)).sort();
    expect(errors[errors.length >> 1]).toBeLessThan(0.04);
  });

  test("of two images alone", async () => {
    const two = { cameras: example.cameras.slice(0, 2), predictions: example.predictions.slice(0, 2) };
    const scene = await run(two, { worldFromCam: truth.slice(0, 2) });
    expect(scene.alignment.method).toBe("global");
    expect(absoluteError(scene, two)).toBeLessThan(1e-9);
  });

  test("in one place: they give the frame but no scale", async () => {
    const turned = truth.map((pose, i) => (i === 1 ? rigidPose(rotationFromVector([0, 0.1, 0]), [0, 0, 0]) : pose));
    const inPlace: (Pose | undefined)[] = turned.map((pose, i) => {
      if (i > 1) return undefined;
      return i === 0 ? pose : composePoses(truth[0]!, pose);
    });
    const scene = await run(example, { worldFromCam: inPlace, posesInMeters: true });
    expect(scene.units).toBe("arbitrary");
    expect(scene.images.every((image) => image.depth.every(Number.isFinite))).toBe(true);
  });

  test("that are exact do not contradict images that the network bends, and make depth better", async () => {
    const noise = { white: 0.03, smooth: 0.1, lateral: 0.05, outliers: 0.03 };
    const errors = await Promise.all(
      SEEDS.map(async (seed) => {
        const cameras = arcCameras(5, size, seed);
        const exact = cameras.map((camera): OracleCamera => {
          const intrinsics = centeredIntrinsics(size, camera.focal);
          return { ...size, intrinsics, worldFromCam: camera.worldFromCam, depth: sphereRoomDepth(camera) };
        });
        const bent = { cameras, predictions: oraclePredictions(exact, chainPairs(5), { seed, noise }) };
        const posed = await run(bent, { worldFromCam: truthOf(bent) });
        expect(posed.warnings).toEqual([]);
        const free = await run(bent);
        // The free scene in the unit that suits its cameras best.
        const { scale } = cameraErrors(posesOf(free), truthOf(bent));
        const error = (scene: Scene, unit: number) =>
          mean(
            scene.images.map(({ depth }, i) => {
              const off = depth.map((z, pixel) => Math.abs((unit * z) / exact[i]!.depth[pixel]! - 1)).sort();
              return off[off.length >> 1]!;
            }),
          );
        return [error(posed, 1), error(free, scale)];
      }),
    );
    expect(mean(errors.map(([posed]) => posed!))).toBeLessThan(0.8 * mean(errors.map(([, free]) => free!)));
  });

  test("that an earlier run found do not contradict the images", async () => {
    const found = posesOf(await run(example));
    expect((await run(example, { worldFromCam: found })).warnings).toEqual([]);
  });

  test("that contradict the images are reported", async () => {
    const wrong = truth.map((pose, i) =>
      i === 2 ? composePoses(pose, rigidPose(rotationFromVector([0, 1, 0]), [1, 0, 0])) : pose,
    );
    const scene = await run(example, { worldFromCam: wrong });
    expect(scene.warnings).toMatchObject([{ kind: "pose-contradicts-images", image: 2 }]);
    const [warning] = scene.warnings!;
    expect(warning!.kind === "pose-contradicts-images" && warning!.degrees).toBeGreaterThan(40);
  });
});

describe("a known distance", () => {
  const example = noisyChain("distance");
  const exact = sphereRoomDepth(example.cameras[1]!);
  const { focal } = example.cameras[1]!;
  const pixels = [
    [4, 20],
    [28, 19],
  ] as const;
  const [a, b] = pixels.map(([x, y]) => {
    const z = exact[y * size.width + x]!;
    return [((x - 15.5) / focal) * z, ((y - 11.5) / focal) * z, z];
  });
  const meters = Math.hypot(a![0]! - b![0]!, a![1]! - b![1]!, a![2]! - b![2]!);
  const knownDistance = { image: 1, pixel1: pixels[0], pixel2: pixels[1], meters };

  test.each([
    ["global", 0.1],
    ["pair", 0.25],
  ] as const)("gives meters, by %s", async (method, tolerance) => {
    const scene = await run(example, { knownDistance }, { method });
    expect(scene.units).toBe("metres");
    expect(Math.abs(cameraErrors(posesOf(scene), truthOf(example)).scale - 1)).toBeLessThan(tolerance);
  });

  test("beside poses in meters is only compared", async () => {
    const poses = { worldFromCam: truthOf(example), posesInMeters: true };
    expect((await run(example, { ...poses, knownDistance })).warnings).toEqual([]);
    const twice = { ...knownDistance, meters: 2 * meters };
    const scene = await run(example, { ...poses, knownDistance: twice });
    expect(scene.warnings).toMatchObject([{ kind: "distance-contradicts-poses" }]);
    expect(absoluteError(scene, example)).toBeLessThan(1e-9);
  });
});

describe("predictions in meters", () => {
  const { cameras } = noisyChain("metric");
  const predictions = [...noisyPredictions(cameras, chainPairs(5), { noise: 0.02, scales: 0.05 })];
  const example = { cameras, predictions };

  test.each(["global", "pair"] as const)("give meters, by %s", async (method) => {
    const scene = await run(example, { predictionsInMeters: true }, { method });
    expect(scene.units).toBe("metres");
    expect(Math.abs(cameraErrors(posesOf(scene), truthOf(example)).scale - 1)).toBeLessThan(0.1);
    expect((await run(example, {}, { method })).units).toBe("arbitrary");
  });

  test("of one image alone", async () => {
    const [camera] = cameras;
    const [itself] = noisyPredictions([camera!], [[0, 0]], { noise: 0.01, scales: 0 });
    const scene = await run({ cameras: [camera!], predictions: [itself!] }, { predictionsInMeters: true });
    expect(scene.units).toBe("metres");
    expect(scene.images[0]!.depth[0]! / sphereRoomDepth(camera!)[0]!).toBeCloseTo(1, 1);
  });

  test("go behind poses and a distance", async () => {
    const tenfold = truthOf(example).map((pose) => scaleTranslation(pose, 10));
    const posed = await run(example, { worldFromCam: tenfold, posesInMeters: true, predictionsInMeters: true });
    expect(
      absoluteError(posed, { ...example, cameras: cameras.map((c, i) => ({ ...c, worldFromCam: tenfold[i]! })) }),
    ).toBeLessThan(1e-9);
    const plain = await run(example, { predictionsInMeters: true });
    const between = { image: 0, pixel1: [4, 20], pixel2: [28, 19], meters: 10 } as const;
    const measured = await run(example, { knownDistance: between, predictionsInMeters: true });
    expect(measured).toEqual({ ...(await run(example, { knownDistance: between })), alignment: measured.alignment });
    expect(measured.images[1]!.worldFromCam).not.toEqual(plain.images[1]!.worldFromCam);
  });
});

describe("impossible priors are refused:", () => {
  const example = noisyChain("refused");
  const five = <T>(value: T, at: number): (T | undefined)[] =>
    Array.from({ length: 5 }, (_, i) => (i === at ? value : undefined));
  test.each<[string, AlignPriors, RegExp]>([
    ["too few", { intrinsics: [undefined] }, /there are 5 images and intrinsics for 1/],
    ["a focal length of 0", { intrinsics: five({ fx: 0, fy: 1, cx: 1, cy: 1 }, 2) }, /image 2: its intrinsics/],
    ["a pose of NaN", { worldFromCam: five(new Float64Array(16).fill(Number.NaN), 1) }, /image 1: its pose/],
    [
      "a pose that is a reflection",
      { worldFromCam: five(Float64Array.of(-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1), 4) },
      /image 4: its pose/,
    ],
    ["a mask of another size", { masks: five(new Uint8Array(7), 3) }, /image 3: its mask has 7 pixels/],
    [
      "a distance outside",
      { knownDistance: { image: 0, pixel1: [0, 0], pixel2: [32, 3], meters: 1 } },
      /outside of image 0/,
    ],
    ["a distance of 0", { knownDistance: { image: 0, pixel1: [0, 0], pixel2: [3, 3], meters: 0 } }, /0 meters/],
  ])("%s", async (_name, priors, message) => {
    await expect(run(example, priors)).rejects.toThrow(message);
  });

  test("poses without global alignment", async () => {
    const poses = { worldFromCam: truthOf(example) };
    await expect(run(example, poses, { method: "pair" })).rejects.toThrow('needs global alignment, not "pair"');
  });
});

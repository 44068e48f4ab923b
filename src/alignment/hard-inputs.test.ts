import { describe, expect, test } from "vitest";
import { arcCameras, noisyPredictions } from "../../test/noisy-room.ts";
import { cameraErrors } from "../../test/pose-errors.ts";
import { type RoomCamera, streamOf } from "../../test/synthetic-pairs.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import { gaussian, seededRandom } from "../core/random.ts";
import type { Scene } from "../core/scene.ts";
import { identityPose, rigidPose } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
import { align } from "./align.ts";
import type { AlignOptions } from "./align-options.ts";

const size = { width: 32, height: 24 };

function completePairs(count: number): [number, number][] {
  return Array.from({ length: count * count }, (_, k): [number, number] => [Math.floor(k / count), k % count]).filter(
    ([i, j]) => i !== j,
  );
}

function run(cameras: readonly RoomCamera[], predictions: readonly PairPrediction[], options: AlignOptions = {}) {
  return align(
    cameras.map((camera) => camera.size),
    streamOf(predictions),
    options,
  );
}

/** The largest error of some images' centers, in units of the truth. */
function misplacement(scene: Scene, cameras: readonly RoomCamera[], which = cameras.map((_, i) => i)): number {
  const { distances } = cameraErrors(
    which.map((i) => scene.images[i]!.worldFromCam),
    which.map((i) => cameras[i]!.worldFromCam),
  );
  return Math.max(...distances);
}

function expectFinite(scene: Scene): void {
  for (const { worldFromCam, depth, intrinsics } of scene.images) {
    for (const values of [worldFromCam, depth, Object.values(intrinsics)]) {
      expect(Array.from(values).every(Number.isFinite)).toBe(true);
    }
  }
}

describe("global alignment of what is hard", () => {
  const cameras = arcCameras(4, size, "hard");
  const pairs = completePairs(4);
  const predictions = [...noisyPredictions(cameras, pairs, { outliers: 0 })];

  test("confidence 1 everywhere: all pixels count the same", async () => {
    const unsure = predictions.map((pair) => ({
      ...pair,
      confidence1: pair.confidence1.map(() => 1),
      confidence2: pair.confidence2.map(() => 1),
    }));
    const scene = await run(cameras, unsure);
    expect(misplacement(scene, cameras)).toBeLessThan(0.05);
  });

  test("the same photo twice", async () => {
    const twice = [...cameras, cameras[2]!];
    const scene = await run(twice, [...noisyPredictions(twice, completePairs(5))]);
    expect(misplacement(scene, twice)).toBeLessThan(0.03);
  });

  test("photos that differ by a turn only", async () => {
    const turned = cameras.slice(0, 2).map((camera, i) => {
      return { ...camera, worldFromCam: rigidPose(rotationFromVector([0, 0.3 * i, 0]), [0, 0, 0]) };
    });
    const both = [...noisyPredictions(turned, completePairs(2), { noise: 0.003 })];
    for (const method of ["global", "pair"] as const) {
      const scene = await run(turned, both, { method });
      const [, , , x, , , , y, , , , z] = scene.images[1]!.worldFromCam;
      const depth = scene.images[0]!.depth.toSorted()[384]!;
      expect(Math.hypot(x!, y!, z!) / depth).toBeLessThan(0.02);
    }
  });

  test("rays that hardly spread: focal lengths stay finite", async () => {
    const far = predictions.map((pair) => ({
      ...pair,
      pointmap1: pair.pointmap1.map((v, i) => (i % 3 === 2 ? v + 1000 : v)),
      pointmap2: pair.pointmap2.map((v, i) => (i % 3 === 2 ? v + 1000 : v)),
    }));
    expectFinite(await run(cameras, far));
  });

  test("one direction that puts its second photo somewhere else is outvoted", async () => {
    const wrong = predictions.map((pair) => {
      const isWrong = pair.view1 === 0 && pair.view2 === 1;
      return isWrong ? { ...pair, pointmap2: pair.pointmap2.map((v, i) => v + (i % 3 === 0 ? 2 : 0)) } : pair;
    });
    expect(misplacement(await run(cameras, wrong), cameras)).toBeLessThan(0.05);
    const [first, second] = (await run(cameras, wrong)).pairs;
    expect(first!.fit!.inlierShare).toBeLessThan(0.5);
    expect(second!.fit!.inlierShare).toBeGreaterThan(0.9);
  });
});

describe("images that do not belong", () => {
  const cameras = arcCameras(5, size, "stranger");
  const stranger = 2;
  const others = [0, 1, 3, 4];
  /** Predictions for pairs with a photo of another place: a random one for each, of low confidence. */
  const guesses = (confidence: number): PairPrediction[] => {
    const random = seededRandom("stranger");
    return [...noisyPredictions(cameras, completePairs(5))].map((pair) => {
      if (pair.view1 !== stranger && pair.view2 !== stranger) return pair;
      const turn = rotationFromVector([gaussian(random), gaussian(random), gaussian(random)]);
      const shift = [gaussian(random), gaussian(random), gaussian(random)];
      const moved = pair.pointmap2.map((_, i) => {
        const [row, point] = [i % 3, i - (i % 3)];
        const at = (k: number) => turn[3 * row + k]! * pair.pointmap2[point + k]!;
        return at(0) + at(1) + at(2) + 3 * shift[row]!;
      });
      const unsure = (values: Float32Array) => values.map((c) => 1 + (c - 1) * confidence);
      return {
        ...pair,
        pointmap2: moved,
        confidence1: unsure(pair.confidence1),
        confidence2: unsure(pair.confidence2),
      };
    });
  };

  test("are left out when no pair is confident of them", async () => {
    const scene = await run(cameras, guesses(0.01));
    expect(scene.images.map((image) => image.registered)).toEqual(cameras.map((_, i) => i !== stranger));
    expect(scene.images[stranger]!.component).toBeUndefined();
    expect(misplacement(scene, cameras, others)).toBeLessThan(0.03);
  });

  test("are left out when the pairs never fit them", async () => {
    const scene = await run(cameras, guesses(0.6));
    expect(scene.images.map((image) => image.registered)).toEqual(cameras.map((_, i) => i !== stranger));
    expect(misplacement(scene, cameras, others)).toBeLessThan(0.03);
  });

  test("two places: each is a component of its own", async () => {
    const here = arcCameras(3, size, "here");
    const there = arcCameras(4, size, "there");
    const moved = [...noisyPredictions(there, completePairs(4))].map((pair) => {
      return { ...pair, view1: pair.view1 + 3, view2: pair.view2 + 3 };
    });
    const scene = await run([...here, ...there], [...noisyPredictions(here, completePairs(3)), ...moved]);
    expect(scene.images.map((image) => image.component)).toEqual([1, 1, 1, 0, 0, 0, 0]);
    expect(scene.images.map((image) => image.registered)).toEqual([0, 0, 0, 1, 1, 1, 1].map(Boolean));
    expect(scene.images[0]!.worldFromCam).toEqual(identityPose());
    expect(scene.images[3]!.worldFromCam).toEqual(identityPose());
    expect(misplacement({ ...scene, images: scene.images.slice(0, 3) }, here)).toBeLessThan(0.03);
    expect(misplacement({ ...scene, images: scene.images.slice(3) }, there)).toBeLessThan(0.03);
  });
});

test("two places that look alike are not folded onto each other, and their pair is told", async () => {
  const walk = arcCameras(16, size, "alike");
  const next = walk.flatMap((_, i) => [i + 1, i + 2].filter((j) => j < 16).map((j): [number, number] => [i, j]));
  const predictions = [...noisyPredictions(walk, [...next, ...next.map(([i, j]): [number, number] => [j, i])])];
  // The last photo seems to be where the second one is.
  const alike = [
    { ...predictions.find(({ view1, view2 }) => view1 === 0 && view2 === 1)!, view2: 15 },
    { ...predictions.find(({ view1, view2 }) => view1 === 1 && view2 === 0)!, view1: 15 },
  ];
  const scene = await run(walk, [...predictions, ...alike]);
  expect(scene.warnings).toEqual([{ kind: "false-loop", image1: 0, image2: 15 }]);
  expect(misplacement(scene, walk)).toBeLessThan(0.05);
  expect(scene.pairs.map(({ fit }) => fit !== undefined)).toEqual([...predictions.map(() => true), false, false]);
});

describe("no alignment", () => {
  test("every image has its own depth in a world of its own", async () => {
    const cameras = arcCameras(3, size, "alone");
    const predictions = [...noisyPredictions(cameras, completePairs(3))];
    const scene = await run(cameras, predictions, { method: "none" });
    expect(scene.alignment).toMatchObject({ method: "none", loss: null });
    expect(scene.images.map((image) => image.component)).toEqual([0, 1, 2]);
    expect(scene.images.every((image) => image.depth.filter((z) => z > 0).length > 700)).toBe(true);
  });
});

import { describe, expect, test } from "vitest";
import { cameraErrors } from "../../test/pose-errors.ts";
import { perfectPredictions, type RoomCamera, roomCameras, roomDepth, streamOf } from "../../test/synthetic-pairs.ts";
import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Scene } from "../core/scene.ts";
import { identityPose } from "../geometry/pose.ts";
import { align } from "./align.ts";
import type { AlignOptions } from "./align-options.ts";

const landscape = { width: 32, height: 24 };
const portrait = { width: 24, height: 32 };

function alignAll(
  cameras: readonly RoomCamera[],
  predictions: readonly PairPrediction[],
  options: AlignOptions = {},
): Promise<Scene> {
  return align(
    cameras.map((camera) => camera.size),
    streamOf(predictions),
    options,
  );
}

function expectTruth(scene: Scene, cameras: readonly RoomCamera[]): void {
  const truth = cameras.map((camera) => camera.worldFromCam);
  const { scale, degrees, distances } = cameraErrors(
    scene.images.map((image) => image.worldFromCam),
    truth,
  );
  expect(Math.max(...degrees)).toBeLessThan(0.01);
  expect(Math.max(...distances)).toBeLessThan(0.001);
  scene.images.forEach((image, i) => {
    expect(image.registered).toBe(true);
    expect(image.intrinsics.fx / cameras[i]!.focal).toBeCloseTo(1, 3);
    const exact = roomDepth(cameras[i]!);
    expect(Math.max(...image.depth.map((z, pixel) => Math.abs((scale * z) / exact[pixel]! - 1)))).toBeLessThan(0.002);
  });
}

/** Nothing in a scene may be other than a finite number, whatever went in. */
function expectFinite(scene: Scene): void {
  for (const { worldFromCam, depth, confidence, intrinsics } of scene.images) {
    for (const values of [worldFromCam, depth, confidence, Object.values(intrinsics)]) {
      expect(Array.from(values).every(Number.isFinite)).toBe(true);
    }
    expect(depth.every((z) => z >= 0)).toBe(true);
  }
}

describe("align on perfect predictions", () => {
  test("one image: its own prediction is the scene", async () => {
    const cameras = roomCameras([landscape], "one");
    const scene = await alignAll(cameras, perfectPredictions(cameras, [[0, 0]]));
    expect(scene.alignment).toMatchObject({ method: "monocular", loss: null, iterations: 0 });
    expect(scene.pairs).toEqual([]);
    expect(scene.images[0]).toMatchObject({ ...landscape, registered: true, worldFromCam: identityPose() });
    expect(scene.images[0]!.intrinsics.fx / cameras[0]!.focal).toBeCloseTo(1, 5);
  });

  test("two images in both directions, of different shapes", async () => {
    const cameras = roomCameras([landscape, portrait], "two");
    const edges = [
      [0, 1],
      [1, 0],
    ] as const;
    for (const [method, used] of [
      ["pair", "pair"],
      [undefined, "global"],
    ] as const) {
      const scene = await alignAll(cameras, perfectPredictions(cameras, edges), { method });
      expect(scene.alignment.method).toBe(used);
      expectTruth(scene, cameras);
    }
  });

  test.each([
    [0, 1],
    [1, 0],
  ] as const)("two images in one direction only: %i-%i", async (view1, view2) => {
    const cameras = roomCameras([landscape, portrait], "one direction");
    for (const [method, used] of [
      ["pair", "spanning-tree"],
      [undefined, "global"],
    ] as const) {
      const scene = await alignAll(cameras, perfectPredictions(cameras, [[view1, view2]]), { method });
      expect(scene.alignment.method).toBe(used);
      expectTruth(scene, cameras);
    }
  });

  test("many images of different shapes from a complete graph", async () => {
    const cameras = roomCameras([landscape, portrait, landscape, portrait, landscape], "many");
    const edges = cameras.flatMap((_, i) => cameras.flatMap((_, j) => (i === j ? [] : [[i, j] as const])));
    const scene = await alignAll(cameras, perfectPredictions(cameras, edges));
    expect(scene.images[0]!.worldFromCam).toEqual(identityPose());
    expect(scene.pairs).toHaveLength(20);
    expect(scene.pairs[0]).toMatchObject({ image1: 0, image2: 1, meanConfidence: 10 });
    expectTruth(scene, cameras);
  });

  test("a chain", async () => {
    const cameras = roomCameras(
      Array.from({ length: 5 }, () => landscape),
      "chain",
    );
    const scene = await alignAll(
      cameras,
      perfectPredictions(cameras, [
        [2, 1],
        [3, 4],
        [0, 1],
        [2, 3],
      ]),
    );
    expectTruth(scene, cameras);
  });

  test("images that only ever are view 2", async () => {
    const cameras = roomCameras([landscape, portrait, landscape], "star");
    const edges = [
      [0, 1],
      [0, 2],
    ] as const;
    expectTruth(await alignAll(cameras, perfectPredictions(cameras, edges)), cameras);
  });

  test("confidence 1 everywhere", async () => {
    const cameras = roomCameras([landscape, landscape, landscape], "unsure");
    const edges = [
      [0, 1],
      [1, 2],
      [2, 1],
    ] as const;
    expectTruth(await alignAll(cameras, perfectPredictions(cameras, edges, { confidence: 1 })), cameras);
  });
});

describe("align on graphs that fall apart", () => {
  const cameras = roomCameras(
    Array.from({ length: 5 }, () => landscape),
    "apart",
  );

  test("the largest group is the scene, the others are not registered", async () => {
    const edges = [
      [0, 1],
      [1, 0],
      [2, 3],
      [3, 4],
    ] as const;
    const scene = await alignAll(cameras, perfectPredictions(cameras, edges));
    expect(scene.images.map((image) => image.registered)).toEqual([false, false, true, true, true]);
    expect(scene.images[2]!.worldFromCam).toEqual(identityPose());
    expect(scene.images[0]!.intrinsics.fx / cameras[0]!.focal).toBeCloseTo(1, 3);
    expectFinite(scene);
  });

  test("of equal groups the one with the strongest pair", async () => {
    const weak = perfectPredictions(cameras, [[0, 1]], { confidence: 5 });
    const strong = perfectPredictions(cameras, [[3, 4]], { confidence: 6 });
    const scene = await alignAll(cameras, [...weak, ...strong]);
    expect(scene.images.map((image) => image.registered)).toEqual([false, false, false, true, true]);
  });

  test("an image without any pair has confidence 1 and no depth", async () => {
    const scene = await alignAll(cameras.slice(0, 3), perfectPredictions(cameras, [[0, 1]]));
    expect(scene.images[2]).toMatchObject({ registered: false });
    expect(scene.images[2]!.confidence.every((c) => c === 1)).toBe(true);
    expectFinite(scene);
  });
});

describe("align on bad predictions", () => {
  const cameras = roomCameras([landscape, landscape, landscape], "bad");
  const edges = [
    [0, 1],
    [1, 2],
  ] as const;
  const good = perfectPredictions(cameras, edges);
  const spoiled = (change: (pair: PairPrediction) => Partial<PairPrediction>) =>
    good.map((pair, i) => (i === 1 ? { ...pair, ...change(pair) } : pair));

  test.each(["pointmap1", "pointmap2", "confidence1", "confidence2"] as const)(
    "NaN in %s names the pair",
    async (map) => {
      for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const predictions = spoiled((pair) => ({ [map]: pair[map].with(100, value) }));
        await expect(alignAll(cameras, predictions)).rejects.toThrow(/pair 1-2: .*not finite/);
      }
    },
  );

  test("a prediction of the wrong size", async () => {
    const predictions = spoiled(() => ({ size1: portrait }));
    await expect(alignAll(cameras, predictions)).rejects.toThrow("pair 1-2: image 1 is 32×24 and its prediction 24×32");
    const short = spoiled(() => ({ pointmap2: new Float32Array(9) }));
    await expect(alignAll(cameras, short)).rejects.toThrow(InputError);
  });

  test("a prediction of an image that is not there", async () => {
    await expect(alignAll(cameras.slice(0, 2), good)).rejects.toThrow("pair 1-2: there is no image 2, there are 2");
  });

  test("no predictions", async () => {
    await expect(alignAll(cameras, [])).rejects.toThrow(InputError);
    await expect(alignAll(cameras.slice(0, 1), [])).rejects.toThrow(InputError);
  });

  const flat = (x: number, i: number) => (i % 3 === 2 ? 2 : x);
  test.each<[string, (x: number, i: number) => number]>([
    ["all at one point", () => 1],
    ["all zero", () => 0],
    ["behind the camera", (x) => -x],
    ["in a plane", flat],
    ["on a line", (_, i) => Math.floor(i / 3) * ((i % 3) + 1)],
    ["huge", (x) => 1e30 * x],
    ["tiny", (x) => 1e-30 * x],
  ])("points %s give no NaN", async (_name, change) => {
    const worse = (pair: PairPrediction) => ({
      ...pair,
      pointmap1: pair.pointmap1.map(change),
      pointmap2: pair.pointmap2.map(change),
    });
    const backward = perfectPredictions(cameras, [[1, 0]]);
    expectFinite(await alignAll(cameras, good.map(worse)));
    expectFinite(await alignAll(cameras, [good[0]!, worse(good[1]!)]));
    expectFinite(await alignAll(cameras.slice(0, 2), [worse(good[0]!), ...backward.map(worse)]));
    expectFinite(await alignAll(cameras.slice(0, 1), perfectPredictions(cameras, [[0, 0]]).map(worse)));
  });

  test("a broken pair does not harm the images beside it", async () => {
    const predictions = spoiled((pair) => ({
      pointmap1: pair.pointmap1.map(() => 1),
      pointmap2: pair.pointmap2.map(() => 1),
    }));
    const scene = await alignAll(cameras, predictions);
    expect(scene.images.map((image) => image.registered)).toEqual([true, true, false]);
    expectTruth({ ...scene, images: scene.images.slice(0, 2) }, cameras.slice(0, 2));
  });
});

describe("a run of align", () => {
  const cameras = roomCameras([landscape, landscape, landscape], "run");
  const sizes = cameras.map((camera) => camera.size);
  const predictions = perfectPredictions(cameras, [
    [0, 1],
    [1, 2],
  ]);

  test("is told how far it is", async () => {
    const done: number[] = [];
    await align(sizes, streamOf(predictions), { onProgress: (event) => done.push(event.done) });
    expect(done.at(-1)).toBe(3);
  });

  test("stops when it is told to, also between predictions", async () => {
    const controller = new AbortController();
    async function* interrupted(): AsyncGenerator<PairPrediction> {
      yield predictions[0]!;
      controller.abort();
      yield predictions[1]!;
    }
    await expect(align(sizes, interrupted(), { signal: controller.signal })).rejects.toThrow("aborted");
  });

  test("equal seeds give equal scenes", async () => {
    const run = async () => (await align(sizes, streamOf(predictions), { seed: 5 })).images;
    expect(await run()).toEqual(await run());
  });
});

import { describe, expect, test } from "vitest";
import { arcCameras, noisyPredictions } from "../../test/noisy-room.ts";
import { type RoomCamera, streamOf } from "../../test/synthetic-pairs.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { Scene } from "../core/scene.ts";
import { align } from "./align.ts";
import type { AlignMethod, AlignPriors } from "./align-options.ts";

const size = { width: 32, height: 24 };
const EDGES = [0, 1, 2, 3].flatMap((i) => [0, 1, 2, 3].flatMap((j) => (i === j ? [] : [[i, j] as const])));

function camerasOf(focals: readonly number[], seed = "focals"): RoomCamera[] {
  return arcCameras(focals.length, size, seed).map((camera, i) => ({ ...camera, focal: focals[i]! }));
}

function predictionsOf(cameras: readonly RoomCamera[]): PairPrediction[] {
  return [...noisyPredictions(cameras, EDGES, { seed: "focals", noise: 0.03 })];
}

/** Predictions of a network that takes focal lengths for `factor` times what they are: depth is stretched as much. */
function misjudged(predictions: readonly PairPrediction[], factor: number): PairPrediction[] {
  const stretch = (pointmap: Float32Array) => pointmap.map((x, i) => (i % 3 === 2 ? factor * x : x));
  return predictions.map((pair) => {
    return { ...pair, pointmap1: stretch(pair.pointmap1), pointmap2: stretch(pair.pointmap2) };
  });
}

function run(predictions: readonly PairPrediction[], priors: AlignPriors, method?: AlignMethod): Promise<Scene> {
  return align([size, size, size, size], streamOf(predictions), { priors, method });
}

const focalsOf = (scene: Scene) => scene.images.map(({ intrinsics }) => intrinsics.fx);
const distinct = (values: readonly number[]) => new Set(values.map((value) => value.toFixed(9))).size;

describe("one camera, many photos", () => {
  const ONE = { cameras: [0, 0, 0, 0], camerasAreGuessed: true };

  test("images that are likely to be of one camera share its focal length", async () => {
    const scene = await run(predictionsOf(camerasOf([35, 35, 35, 35])), ONE);
    expect(distinct(focalsOf(scene))).toBe(1);
    expect(Math.abs(focalsOf(scene)[0]! / 35 - 1)).toBeLessThan(0.02);
    expect(scene.images.map(({ camera }) => camera)).toEqual([0, 0, 0, 0]);
  });

  test("unless their points clearly contradict it: one was zoomed", async () => {
    const scene = await run(predictionsOf(camerasOf([28, 70, 28, 28])), ONE);
    expect(scene.images.map(({ camera }) => camera)).toEqual([0, 1, 0, 0]);
    expect(distinct(focalsOf(scene))).toBe(2);
    expect(Math.abs(focalsOf(scene)[1]! / 70 - 1)).toBeLessThan(0.1);
  });

  test("or the pairs are not confident of them", async () => {
    const unsure = predictionsOf(camerasOf([28, 70, 28, 28])).map((pair) => ({
      ...pair,
      confidence1: pair.confidence1.map((c) => 1 + 0.02 * c),
      confidence2: pair.confidence2.map((c) => 1 + 0.02 * c),
    }));
    expect((await run(unsure, ONE)).images.map(({ camera }) => camera)).toEqual([0, 0, 0, 0]);
  });

  test("what is said to be of one camera stays so, and two cameras are two", async () => {
    const predictions = predictionsOf(camerasOf([30, 30, 45, 45]));
    expect(distinct(focalsOf(await run(predictions, { cameras: [0, 0, 0, 0] })))).toBe(1);
    const two = await run(predictions, { cameras: [0, 0, 2, 2] });
    expect(distinct(focalsOf(two))).toBe(2);
    expect(two.images.map(({ camera }) => camera)).toEqual([0, 0, 2, 2]);
    for (const [i, focal] of [30, 30, 45, 45].entries()) {
      expect(Math.abs(focalsOf(two)[i]! / focal - 1)).toBeLessThan(0.04);
    }
  });

  test("images with known intrinsics share a camera only with those of the same", async () => {
    const known = { fx: 30, fy: 30, cx: 15.5, cy: 11.5 };
    const intrinsics = [known, { ...known }, { ...known, fx: 31 }, undefined];
    const scene = await run(predictionsOf(camerasOf([30, 30, 30, 30])), { ...ONE, intrinsics });
    expect(scene.images.map(({ camera }) => camera)).toEqual([0, 0, 2, 3]);
    expect(scene.images.map(({ focalSource }) => focalSource)).toEqual(["given", "given", "given", "network"]);
  });
});

describe("EXIF focal", () => {
  const truth = [30, 33, 36, 39];
  const predictions = misjudged(predictionsOf(camerasOf(truth)), 1.3);
  const METHODS = ["global", "pair", "none"] as const;
  const errors = (scene: Scene) => focalsOf(scene).map((focal, i) => Math.abs(focal / truth[i]! - 1));

  test.each(METHODS)("corrects a network that is wrong by 30 percent, by %s", async (method) => {
    expect(Math.min(...errors(await run(predictions, {}, method)))).toBeGreaterThan(0.15);
    const scene = await run(predictions, { likelyFocals: truth }, method);
    expect(Math.max(...errors(scene))).toBeLessThan(0.1);
    expect(scene.images.map(({ focalSource }) => focalSource)).toEqual(["exif", "exif", "exif", "exif"]);
  });

  test.each(METHODS)("of another lens or crop is ignored, by %s", async (method) => {
    const wrong = truth.map((focal) => 3.5 * focal);
    const scene = await run(predictions, { likelyFocals: wrong }, method);
    expect(focalsOf(scene)).toEqual(focalsOf(await run(predictions, {}, method)));
    expect(scene.images[0]!.focalSource).toBe("network");
  });

  test("that is a little off is combined with the network's estimate", async () => {
    const right = predictionsOf(camerasOf(truth));
    const off = truth.map((focal) => 1.15 * focal);
    const scene = await run(right, { likelyFocals: off });
    const [found, own] = [focalsOf(scene), focalsOf(await run(right, {}))];
    for (const [i, focal] of found.entries()) {
      expect(focal).toBeLessThan(0.98 * off[i]!);
      expect(focal).toBeGreaterThan(own[i]!);
    }
  });

  test("of one photo counts for all of its camera", async () => {
    const one = misjudged(predictionsOf(camerasOf([35, 35, 35, 35])), 1.3);
    const priors = { cameras: [0, 0, 0, 0], likelyFocals: [35, undefined, undefined, undefined] };
    const scene = await run(one, priors);
    expect(scene.images.map(({ focalSource }) => focalSource)).toEqual(["exif", "exif", "exif", "exif"]);
    expect(focalsOf(scene)[3]!).toBeLessThan(0.97 * focalsOf(await run(one, { cameras: priors.cameras }))[3]!);
  });
});

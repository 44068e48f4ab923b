import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { npyIntegers, npyTexts, npz, put, putPhotoExrCamera } from "../../../test/dataset-files.ts";
import { planeView } from "../../../test/plane-view.ts";
import { InputError } from "../../core/errors.ts";
import { seededRandom } from "../../core/random.ts";
import type { HeadConfig } from "../../network/config.ts";
import { cropView } from "../../rgbd/crop-view.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";
import { batchHeight } from "./batch-height.ts";
import { pairBatch } from "./pair-batch.ts";
import { setPairs } from "./set-pairs.ts";
import { type BatchSettings, trainingBatches } from "./training-batches.ts";
import { trainingView } from "./training-view.ts";

const SIZE = { width: 32, height: 24 };

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-sets-"));
  await putSet("one", [0, 1, 2, 3]);
  await putSet("other", [10, 11, 12, 13]);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A set in MegaDepth's form: views of a plane, and pairs of each with the next, three in all. */
async function putSet(name: string, views: readonly number[]): Promise<void> {
  const images = views.map((view) => `view${view}`);
  for (const view of views) await putPhotoExrCamera(folder, `${name}/0000/0/view${view}`, planeView(view));
  const list = { scenes: npyTexts(["0000 0"]), images: npyTexts(images) };
  put(folder, `${name}/megadepth_pairs.npz`, npz({ ...list, pairs: npyIntegers([3, 3], [0, 0, 1, 0, 1, 2, 0, 2, 3]) }));
}

function settings(onNote?: (note: string) => void) {
  const set = (name: string, pairs: number) => ({ name: "megadepth" as const, folder: join(folder, name), pairs });
  return { ...SIZE, sets: [set("one", 3), set("other", 6)], seed: 4, orientation: "own" as const, onNote };
}

/** Which view of the plane it is, told by its pose. */
function viewOf({ worldFromCam }: RgbdView): number {
  const poses = [0, 1, 2, 3, 10, 11, 12, 13].map((view) => [view, planeView(view).worldFromCam] as const);
  return poses.find(([, pose]) => pose.every((value, i) => Math.abs(value - worldFromCam[i]!) < 1e-4))![0];
}

test("an epoch holds each set's share: a larger one goes through its pairs more often", async () => {
  const pairAt = setPairs(settings());
  for (const epoch of [0, 1]) {
    const counts = new Map<string, number>();
    for (let i = 0; i < 9; i++) {
      const [first, second] = await pairAt(9 * epoch + i);
      const key = `${viewOf(first)} ${viewOf(second)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({ "0 1": 1, "1 2": 1, "2 3": 1, "10 11": 2, "11 12": 2, "12 13": 2 });
  }
});

test("pair n is the same whatever was asked for before, and has the batch's size", async () => {
  const inOrder = setPairs(settings());
  for (let i = 0; i < 5; i++) await inOrder(i);
  const [first, second] = await inOrder(5);
  expect(await setPairs(settings())(5)).toEqual([first, second]);
  expect([first.width, first.height, second.width, second.height]).toEqual([32, 24, 32, 24]);
  // What was cropped still lies on the plane z = 4.
  const { intrinsics, worldFromCam: m, depth } = first;
  for (const i of [0, 31, 400, depth.length - 1]) {
    const [x, y] = [((i % 32) - intrinsics.cx) / intrinsics.fx, (Math.floor(i / 32) - intrinsics.cy) / intrinsics.fy];
    expect(depth[i]! * (m[8]! * x + m[9]! * y + m[10]!) + m[11]!).toBeCloseTo(4, 1);
  }
});

test("a pair that cannot be read is replaced by another of its set, and that is said", async () => {
  truncateSync(join(folder, "one/0000/0/view3.exr"), 500);
  const notes: string[] = [];
  const pairAt = setPairs(settings((note) => notes.push(note)));
  const seen = new Set<number>();
  for (let i = 0; i < 18; i++) for (const view of await pairAt(i)) seen.add(viewOf(view));
  expect([...seen].sort((a, b) => a - b)).toEqual([0, 1, 2, 10, 11, 12, 13]);
  expect(notes[0]).toMatch(/a pair of .*one is replaced by another: .*view3\.exr: .*/);
  // Of the pair's three turns in 18 pairs at least two come after a good one.
  expect(notes.length).toBeGreaterThanOrEqual(2);
});

test("a set of which nothing can be read stops the run", async () => {
  for (const view of [10, 11, 12, 13]) rmSync(join(folder, `other/0000/0/view${view}.npz`));
  const pairAt = setPairs(settings());
  const all = Promise.all(Array.from({ length: 9 }, (_, i) => pairAt(i)));
  await expect(all).rejects.toThrow(InputError);
  await expect(all).rejects.toThrow(/view\d+\.npz/);
});

/** What batches of the sets are made of, for a network with this head. */
function batchSettings(head: HeadConfig): BatchSettings {
  const stack = { dim: 16, depth: 4, heads: 2 };
  const network = {
    patchSize: 8,
    encoder: stack,
    decoder: stack,
    mlpRatio: 4,
    ropeBase: 100,
    cosinePositions: false,
    head,
    depthMode: "exp" as const,
    confidenceMode: { kind: "exp" as const, min: 1, max: Number.POSITIVE_INFINITY },
    imageSize: SIZE,
  };
  const scenes = { views: 2, portrait: 0.5, scenes: 1, fresh: 1, overlap: [0, 1] as const };
  return { ...settings(), ...scenes, network, pairs: 2, jitter: 0 };
}

test("batches of several workers are those of one", async () => {
  const run = batchSettings({ kind: "linear" });
  const alone = trainingBatches(run);
  const workers = [0, 1].map((index) => trainingBatches({ ...run, worker: { index, count: 2 } }));
  for (const batch of [0, 1, 2, 3]) expect(await workers[batch % 2]!(batch >> 1)).toEqual(await alone(batch));
});

test("for a DPT head, a batch's first pairs lie and its last ones stand", async () => {
  const run = batchSettings({ kind: "dpt", featureDim: 8, lastDim: 4, layerDims: [4, 4, 4, 4] });
  const given = { ...settings(), orientation: "given" as const };
  const [lying, standing] = [setPairs(given), setPairs({ ...given, width: SIZE.height, height: SIZE.width })];
  const batches = trainingBatches(run);
  for (const batch of [0, 1]) {
    const pairs = [await lying(2 * batch), await standing(2 * batch + 1)];
    const views = pairs.map(([first, second]) => [trainingView(first), trainingView(second)] as const);
    expect(await batches(batch)).toEqual(pairBatch(views, run.network));
  }
});

test("a batch of a lower height is that of a run at this height", async () => {
  const run = batchSettings({ kind: "linear" });
  const mixed = { ...run, otherHeights: [16] };
  const [batches, lower] = [trainingBatches(mixed), trainingBatches({ ...run, height: 16 })];
  const numbers = [0, 1, 2, 3, 4, 5, 6, 7];
  const low = numbers.filter((batch) => batchHeight(mixed, batch) === 16);
  expect(low.length).toBeGreaterThan(1);
  for (const batch of low) expect(await batches(batch)).toEqual(await lower(batch));
});

test("a set's own spare pixels are kept before the last crop", async () => {
  const [first] = await setPairs(settings())(0);
  const whole = planeView(viewOf(first));
  const exact = cropView(whole, SIZE, { random: seededRandom("none") });
  expect(first.intrinsics.fx).toBeGreaterThanOrEqual(exact.intrinsics.fx - 1e-3);
  expect(first.intrinsics.fx).toBeLessThanOrEqual(exact.intrinsics.fx * (1 + 16 / SIZE.height));
});

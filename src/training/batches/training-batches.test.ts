import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCENE_DEFAULTS } from "../../procedural/generate-scene.ts";
import { writeShard } from "../../procedural/write-shard.ts";
import type { TensorValues } from "../../runtime/device.ts";
import { parsePretrainConfig } from "../config/pretrain-config.ts";
import { parseTrainConfig } from "../config/train-config.ts";
import { completionObjective } from "../objectives/completion-objective.ts";
import { pointmapObjective } from "../objectives/pointmap-objective.ts";
import { batchHeight } from "./batch-height.ts";
import { joinBlocks } from "./pixel-blocks.ts";
import { trainingScene } from "./procedural-series.ts";
import { shardSeries } from "./scene-series.ts";
import { type BatchSettings, trainingBatches } from "./training-batches.ts";
import { trainingView } from "./training-view.ts";

const stack = { dim: 16, depth: 1, heads: 2 };
const raw = {
  network: { encoder: stack, decoder: stack },
  stages: [{ width: 32, height: 24, otherHeights: [16, 8], steps: 9, pairs: 3 }],
  data: { scenes: 2, views: 3, portrait: 0.5, jitter: 0 },
};
const linear = pointmapObjective(parseTrainConfig("test", raw)).batches(0);
const head = { kind: "dpt", featureDim: 8, lastDim: 4, layerDims: [4, 4, 4, 4] };
const dpt = pointmapObjective(
  parseTrainConfig("test", {
    ...raw,
    network: { ...raw.network, patchSize: 16, decoder: { ...stack, depth: 4 }, head },
    stages: [{ ...raw.stages[0], height: 32, otherHeights: [16] }],
  }),
).batches(0);

/** The first batch that has this height, and the same settings with no other. */
function firstAt(height: number, settings: BatchSettings): { readonly batch: number; readonly alone: BatchSettings } {
  let batch = 0;
  while (batchHeight(settings, batch) !== height) batch++;
  return { batch, alone: { ...settings, height, otherHeights: [] } };
}

/** Image `index` of a batch for a linear head: an input of it, put together, `[height, width, 3]`. */
function imageOf({ positions, ...batch }: TensorValues, name: string, index: number, images: number) {
  const tokens = positions!.shape[0]! / images;
  const places = [...(positions!.data as BigInt64Array)]
    .slice(2 * tokens * index, 2 * tokens * (index + 1))
    .map(Number);
  const side = (axis: number) => 8 * (1 + Math.max(...places.filter((_, i) => i % 2 === axis)));
  const size = { width: side(1), height: side(0) };
  const length = 3 * size.width * size.height;
  const blocks = (batch[name]!.data as Float32Array).subarray(length * index, length * (index + 1));
  return { ...size, pixels: joinBlocks(blocks, size, { width: 8, height: 8 }) };
}

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-batches-"));
  const scene = { ...SCENE_DEFAULTS, width: 48, height: 36, views: 3 };
  await writeShard({ portrait: 0, path: join(folder, "a.tar"), seed: 5, first: 0, count: 3, scene });
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([24, 16, 8])("a procedural batch of height %i shows scenes photographed in its shape", async (height) => {
  const settings = { ...linear, scenes: 12 };
  const { batch } = firstAt(height, settings);
  const first = Math.floor(batch * settings.fresh);
  const inWindow = Array.from({ length: 12 }, (_, i) => trainingScene(settings, first + i));
  const own = inWindow.filter(({ views: [view] }) => Math.min(view!.width, view!.height) === height);
  expect(own.length).toBeGreaterThan(0);
  const photos = own.flatMap(({ views }) => views.map((view) => trainingView(view)));
  const made = await trainingBatches(settings)(batch);
  for (const index of [0, 1, 2, 3, 4, 5]) {
    const { width, height: rows, pixels } = imageOf(made, "patches", index, 6);
    const taken = photos.filter((photo) => photo.width === width && photo.height === rows);
    const size = width * rows;
    const isShown = taken.some(({ image }) =>
      pixels.every((value, i) => Math.abs(value - image[(i % 3) * size + Math.floor(i / 3)]!) < 1e-6),
    );
    expect(isShown).toBe(true);
  }
});

test("where no scene in the window has a batch's shape, those nearest to it are cut", async () => {
  const settings = { ...linear, scenes: 1, fresh: 1 };
  const made = trainingBatches(settings);
  for (const batch of [0, 1, 2, 3, 4, 5]) {
    const { patches } = await made(batch);
    expect(patches!.shape[0]).toBe(6 * 4 * (batchHeight(settings, batch) / 8));
  }
});

test.each([
  ["a linear head", linear],
  ["a DPT head", dpt],
])("a batch from shards, for %s, is that of a run at its height alone", async (_, settings) => {
  const { batch, alone } = firstAt(16, { ...settings, shards: folder });
  const mixed = trainingBatches({ ...settings, shards: folder });
  // Whatever was asked for before.
  await mixed(0);
  expect(await mixed(batch)).toEqual(await trainingBatches(alone)(batch));
});

test("from shards of mixed shapes a batch takes scenes of its own, uncropped", async () => {
  const mixed = mkdtempSync(join(tmpdir(), "dust3r-shapes-"));
  try {
    const scene = { ...SCENE_DEFAULTS, width: 32, height: 24, views: 3 };
    const shapes = { otherHeights: [16, 8], portrait: 0.5 };
    await writeShard({ ...shapes, path: join(mixed, "a.tar"), seed: 5, first: 0, count: 9, scene });
    const settings = { ...linear, shards: mixed, scenes: 9, spare: 0 };
    const stored = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7, 8].map(shardSeries(mixed, settings.seed)));
    for (const height of [24, 16, 8]) {
      const own = stored.flatMap(({ views }) => views).filter((view) => Math.min(view.width, view.height) === height);
      const photos = own.map((view) => trainingView(view));
      const made = await trainingBatches(settings)(firstAt(height, settings).batch);
      for (const index of [0, 1, 2, 3, 4, 5]) {
        const { pixels, ...shown } = imageOf(made, "patches", index, 6);
        const size = shown.width * shown.height;
        const isShown = photos
          .filter((photo) => photo.width === shown.width)
          .some((photo) =>
            pixels.every((value, i) => Math.abs(value - photo.image[(i % 3) * size + Math.floor(i / 3)]!) < 1e-6),
          );
        expect(isShown).toBe(true);
      }
    }
  } finally {
    rmSync(mixed, { recursive: true });
  }
});

test("batches for a DPT head keep their number of portrait pairs", async () => {
  for (const height of [32, 16]) {
    const { batch } = firstAt(height, dpt);
    const { patches, positions } = await trainingBatches(dpt)(batch);
    const tokens = patches!.shape[0]! / 6;
    expect(tokens).toBe((2 * height) / 16);
    const rows = [0, 1, 2].map((image) => {
      const own = (positions!.data as BigInt64Array).subarray(2 * tokens * image, 2 * tokens * (image + 1));
      return 1 + Math.max(...[...own].filter((_, i) => i % 2 === 0).map(Number));
    });
    expect(rows).toEqual([height / 16, 2, 2]);
  }
});

test("batches of several workers have the heights of one", async () => {
  for (const batch of [0, 1, 2, 3, 4, 5]) {
    const made = trainingBatches({ ...linear, worker: { index: batch % 2, count: 2 } });
    const { patches } = await made(batch >> 1);
    expect(patches!.shape[0]).toBe(6 * 4 * (batchHeight(linear, batch) / 8));
  }
});

test("batches of pre-training have the same masking ratio at every height", async () => {
  const settings = completionObjective(parsePretrainConfig("test", { ...raw, masked: 0.75 })).batches(0);
  for (const height of [24, 16, 8]) {
    const { batch } = firstAt(height, settings);
    const { hidden, visible } = await trainingBatches(settings)(batch);
    const tokens = 4 * (height / 8);
    expect([hidden!.shape[0], visible!.shape[0]]).toEqual([3 * 0.75 * tokens, 3 * 0.25 * tokens]);
  }
});

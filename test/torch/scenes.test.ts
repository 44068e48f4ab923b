import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeRawShard } from "../../scripts/generate-raw-shards.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import type { GeneratedScene } from "../../src/procedural/generate-scene.ts";
import { SCENE_DEFAULTS } from "../../src/procedural/generate-scene.ts";
import { writeShard } from "../../src/procedural/write-shard.ts";
import { pairBatch } from "../../src/training/batches/pair-batch.ts";
import { correspondenceBatch } from "../../src/training/batches/patch-correspondence.ts";
import { trainingScene } from "../../src/training/batches/procedural-series.ts";
import { trainingView } from "../../src/training/batches/training-view.ts";
import { PYTHON, pythonResult } from "./python.ts";

const SIZE = { width: 32, height: 24 };
const PATCH = 8;
const NETWORK: NetworkConfig = {
  patchSize: PATCH,
  encoder: { dim: 16, depth: 1, heads: 1 },
  decoder: { dim: 16, depth: 1, heads: 1 },
  mlpRatio: 4,
  ropeBase: 100,
  head: { kind: "linear" },
  depthMode: "exp",
  confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
  imageSize: SIZE,
};

/** Reads shards into pools, one for each shape, and prints what the last lines make of them. */
const program = (lines: string, otherHeights: readonly number[] = []) => `
import json, sys, torch
from scene_pool import ScenePools, color_jitter, training_batches
from shards import read_shard
stage = {"width": ${SIZE.width}, "height": ${SIZE.height}, "otherHeights": ${JSON.stringify(otherHeights)}}
pools = ScenePools(stage, ${PATCH}, 3, ${4 * (1 + otherHeights.length)}, torch.device("cpu"))
for path in sys.argv[1:]:
    for scene in read_shard(path, ${PATCH}):
        pools.add(scene)
pool = pools.of_height[${SIZE.height}]
${lines}`;

describe.skipIf(PYTHON === undefined)("scenes on the device", { timeout: 60_000 }, () => {
  let folder: string;
  let scenes: readonly GeneratedScene[];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "dust3r-scenes-"));
    const series = { seed: 5, ...SIZE, views: 3 };
    scenes = [trainingScene({ ...series, portrait: 0 }, 0), trainingScene({ ...series, portrait: 1 }, 1)];
    writeFileSync(join(folder, "raw.safetensors"), encodeRawShard(scenes));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("a batch is the one that pairBatch makes, of both orientations", async () => {
    const printed = program(`
batch = pool.batch(torch.tensor([0, 4]), torch.tensor([2, 3]), matching=True)
print(json.dumps({name: tensor.flatten().tolist() for name, tensor in batch.items()}))`);
    const batch = await pythonResult(["-c", printed, join(folder, "raw.safetensors")]);
    const view = (scene: number, index: number) => scenes[scene]!.views[index]!;
    const pairs = [
      [view(0, 0), view(0, 2)],
      [view(1, 1), view(1, 0)],
    ] as const;
    const shown = pairs.map(([first, second]) => [trainingView(first), trainingView(second)] as const);
    const expected = { ...pairBatch(shown, NETWORK), ...correspondenceBatch(pairs, NETWORK.patchSize) };
    expect(Object.keys(batch).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, { data }] of Object.entries(expected)) {
      const found = batch[name] as readonly number[];
      expect(found.length, name).toBe(data.length);
      const worst = found.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(data[i]))), 0);
      // Depth is stored in 65535 steps, of which the farthest point of a landscape may be a hundred meters away.
      expect(worst, name).toBeLessThan(name.startsWith("points") ? 5e-3 : 1e-6);
    }
  });

  test("WebDataset shards hold the same scenes", async () => {
    const path = join(folder, "scenes.tar");
    await writeShard({
      portrait: 0,
      path,
      seed: 5,
      first: 0,
      count: 1,
      scene: { ...SCENE_DEFAULTS, ...SIZE, views: 3 },
    });
    const printed = program(`
rgb, depth = pool.rgb.float(), (pool.depth.int() & 0xFFFF) * pool.depth_scale[:, :, None, None]
print(json.dumps({
    "rgb": (rgb[0] - rgb[2]).abs().mean().item(),
    "contrast": (rgb[0] - rgb[1]).abs().mean().item(),
    "depth": (depth[0] - depth[2]).abs().max().item(),
    "cameras": max((x[0] - x[2]).abs().max().item() for x in (pool.intrinsics, pool.world_from_cam, pool.overlap)),
}))`);
    const differences = await pythonResult(["-c", printed, join(folder, "raw.safetensors"), path]);
    // A JPEG is not exact.
    expect(differences.rgb).toBeLessThan(0.25 * (differences.contrast as number));
    expect(differences.depth).toBeLessThan(1e-5);
    expect(differences.cameras).toBeLessThan(1e-4);
  });

  test("pairs are drawn by overlap, colors change and stay colors", async () => {
    const printed = program(`
generator = torch.Generator().manual_seed(1)
def mean_overlap(low, high):
    first, second = pool.draw_pairs(200, (low, high), generator)
    assert not (first == second).any() and (first // 3 == second // 3).all()
    shares = pool.overlap[first // 3, first % 3, second % 3] + pool.overlap[first // 3, second % 3, first % 3]
    return shares.mean().item() / 2
batches = training_batches(pools, 2, (0, 1), 0.3, 1, 1)
again = training_batches(pools, 2, (0, 1), 0.3, 1, 1)
patches = next(batches)[1]["patches"]
gray = torch.full((1, 1, 3, 1), 0.5)
hue = color_jitter(gray, 0.5, [3], generator)
print(json.dumps({
    "hard": mean_overlap(0, 0), "easy": mean_overlap(1, 1),
    "repeats": torch.equal(patches, next(again)[1]["patches"]),
    "range": [patches.min().item(), patches.max().item()],
    "moves": not torch.equal(patches, next(batches)[1]["patches"]),
    "grayStays": (hue - gray).abs().max().item() < 1e-6,
}))`);
    const found = await pythonResult(["-c", printed, join(folder, "raw.safetensors")]);
    expect(found.hard).toBeLessThan(found.easy as number);
    expect(found).toMatchObject({ repeats: true, moves: true, grayStays: true });
    const [least, most] = found.range as [number, number];
    expect(least).toBeGreaterThanOrEqual(-1);
    expect(most).toBeLessThanOrEqual(1);
  });

  test("scenes of several shapes share a shard, are told apart, and batches are drawn evenly from all shapes", async () => {
    const series = { seed: 6, ...SIZE, otherHeights: [32, 16], views: 3, portrait: 0.5 };
    const mixed = Array.from({ length: 8 }, (_, index) => trainingScene(series, index));
    writeFileSync(join(folder, "mixed.safetensors"), encodeRawShard(mixed));
    const printed = program(
      `
batches = training_batches(pools, 2, (0, 1), 0.3, 1, 5)
drawn = [next(batches) for _ in range(60)]
print(json.dumps({
    "sizes": [list(scene.size) for scene in read_shard(sys.argv[1], ${PATCH})],
    "rgb": [scene.rgb.astype(int).sum().item() for scene in read_shard(sys.argv[1], ${PATCH})],
    "counts": {height: pool.count for height, pool in pools.of_height.items()},
    "even": pools.even(),
    "batches": {height: sum(h == height for h, _ in drawn) for height in pools.of_height},
    "fitting": all(len(batch["patches"]) == 4 * ${SIZE.width / PATCH} * height // ${PATCH} for height, batch in drawn),
}))`,
      [32, 16],
    );
    const found = await pythonResult(["-c", printed, join(folder, "mixed.safetensors")]);
    const sizes = mixed.map(({ views: [first] }) => [first!.width, first!.height]);
    expect(found.sizes).toEqual(sizes);
    const sum = (values: Uint8Array) => values.reduce((total, value) => total + value, 0);
    expect(found.rgb).toEqual(mixed.map(({ views }) => views.reduce((total, { rgb }) => total + sum(rgb), 0)));
    const counts = Object.fromEntries(
      [24, 32, 16].map((height) => [height, sizes.filter((size) => Math.min(...size) === height).length]),
    );
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
    expect(found).toMatchObject({ counts, even: 3 * Math.min(...Object.values(counts)), fitting: true });
    for (const drawn of Object.values(found.batches as object)) expect(drawn).toBeGreaterThan(10);
    const alone = pythonResult(["-c", program("print({})"), join(folder, "mixed.safetensors")]);
    await expect(alone).rejects.toThrow(/a scene of pictures \d+x\d+; the training's are 32x24, or upright/);
  });

  test("a damaged shard is named", async () => {
    const whole = encodeRawShard(scenes);
    for (const [name, bytes] of [
      ["cut.safetensors", whole.subarray(0, whole.length - 100)],
      ["empty.safetensors", new Uint8Array(4)],
      ["cut.tar", new Uint8Array(700).fill(65)],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      const read = pythonResult(["-c", program("print({})"), join(folder, name)]);
      await expect(read).rejects.toThrow(new RegExp(`${name}: not a complete shard of scenes: .+`));
    }
  });
});

import { execSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { npyIntegers, npyTexts, npz, put, putPhotoExrCamera } from "../../../test/dataset-files.ts";
import { planeView } from "../../../test/plane-view.ts";
import { CapabilityError, InputError } from "../../core/errors.ts";
import { SCENE_DEFAULTS } from "../../procedural/generate-scene.ts";
import { writeShard } from "../../procedural/write-shard.ts";
import { openCheckpoint } from "../../weights/open-checkpoint.ts";
import { parseTrainConfig } from "../config/train-config.ts";
import { train } from "../train.ts";
import type { LossTrend } from "./loss-watch.ts";
import type { StepReport, TrainOptions, ValidationReport } from "./training-run.ts";

/** The loss watch's verdicts on the next steps, instead of its own. */
const trends: LossTrend[] = [];
vi.mock("./loss-watch.ts", () => ({ watchLoss: () => () => trends.shift() ?? "steady" }));

/** Set, the disk is full. */
const disk = vi.hoisted(() => ({ isFull: false }));
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const open: typeof real.open = async (path, flags, mode) => {
    if (disk.isFull && flags === "w" && String(path).endsWith("optimizer.safetensors")) {
      throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC", syscall: "write" });
    }
    return real.open(path, flags, mode);
  };
  return { ...real, open };
});

const network = { encoder: { dim: 16, depth: 1, heads: 2 }, decoder: { dim: 16, depth: 1, heads: 2 } };
const raw = {
  network,
  stages: [{ width: 32, height: 24, steps: 4, pairs: 2, warmup: 1 }],
  data: { scenes: 2, views: 3 },
  validation: { pairs: 2, everySteps: 100 },
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-run-"));
});
afterEach(() => {
  disk.isFull = false;
  trends.length = 0;
  rmSync(folder, { recursive: true });
});

async function run(change: object, options: Partial<TrainOptions> = {}): Promise<readonly StepReport[]> {
  const steps: StepReport[] = [];
  const config = parseTrainConfig("test", { ...raw, ...change });
  await train(config, { output: folder, threads: 1, onStep: (report) => void steps.push(report), ...options });
  return steps;
}

const saved = () => readdirSync(join(folder, "checkpoints"));
const weights = (step: number) => readFileSync(join(folder, `checkpoints/step-00000000${step}/model.safetensors`));

describe("a run that goes wrong", () => {
  test("a loss that explodes: step, batches and the last good checkpoint are named", async () => {
    trends.push("steady", "high", "high", "exploded");
    const ended = run({ checkpointMinutes: 1e-9 });
    await expect(ended).rejects.toThrow(
      /exploded to [\d.]+ at step 3 \(stage 0, seed 1000, batches 3 to 3\).*step-000000001/,
    );
    // Nothing was written over the good state once the loss was high.
    expect(saved()).toEqual(["step-000000001"]);
  });

  test("a full disk: the checkpoint before survives, and the run goes on from it", async () => {
    const fillDisk = ({ step }: StepReport) => {
      disk.isFull = step === 3;
    };
    const whole = run({ checkpointMinutes: 1e-9 }, { onStep: fillDisk });
    await expect(whole).rejects.toThrow(InputError);
    await expect(whole).rejects.toThrow(/step-000000003: the disk is full/);
    expect(saved()).toEqual(["step-000000001", "step-000000002"]);
    disk.isFull = false;
    expect((await run({ checkpointMinutes: 1e-9 })).map(({ step }) => step)).toEqual([3, 4]);
  });

  test.each([
    ["loader", "[b]atch-worker", /makes training batches ended unexpectedly \(SIGKILL\)/],
    ["engine", "[e]ngine-worker", /runs the network ended unexpectedly \(SIGKILL\)/],
  ])("a killed %s: what was learned is kept, and it says so", async (_, worker, message) => {
    const kill = ({ step }: StepReport) => {
      if (step === 2) execSync(`pkill -KILL -P ${process.pid} -f "${worker}"`);
    };
    const more = { stages: [{ ...raw.stages[0], steps: 40 }] };
    const ended = run(more, { onStep: kill, processes: 2 });
    await expect(ended).rejects.toThrow(CapabilityError);
    await expect(ended).rejects.toThrow(message);
    expect(saved().length).toBe(1);
  });

  test("a device that this machine lacks", async () => {
    const device = process.platform === "darwin" ? "cuda" : "coreml";
    await expect(run({}, { device })).rejects.toThrow(CapabilityError);
  });
});

test("two processes compute two batches at once, and the same weights", { timeout: 120_000 }, async () => {
  const twice = { stages: [{ ...raw.stages[0], accumulate: 2, steps: 2 }] };
  const losses = (await run(twice)).map(({ loss }) => loss);
  const alone = weights(2);
  rmSync(join(folder, "checkpoints"), { recursive: true });
  expect((await run(twice, { processes: 2 })).map(({ loss }) => loss)).toEqual(losses);
  expect(weights(2).equals(alone)).toBe(true);
});

test.each([0, 0.2])("with α = %d, the log has all that the loss is made of", { timeout: 60_000 }, async (alpha) => {
  const results: ValidationReport[] = [];
  const guides = { matching: 0.5, attention: 0.25 };
  const [{ loss, details }] = (await run(
    { ...guides, alpha, stages: [{ ...raw.stages[0], steps: 1 }] },
    { onValidation: (report) => void results.push(report) },
  )) as [StepReport];
  const paper = alpha === 0 ? "regressionLoss" : "confidenceLoss";
  const { matchingLoss, attentionLoss, [`${paper}1`]: view1, [`${paper}2`]: view2 } = details;
  expect(loss).toBeCloseTo(view1! + view2! + 0.5 * matchingLoss! + 0.25 * attentionLoss!, 4);
  const { regression, gain } = results[0]!.result;
  expect(regression).toBeGreaterThan(0);
  expect(gain).toBeCloseTo(0, 0);
});

test("a DPT head learns from portrait and landscape pairs in one batch", { timeout: 120_000 }, async () => {
  const reports: ValidationReport[] = [];
  const head = { kind: "dpt", featureDim: 8, lastDim: 4, layerDims: [4, 4, 4, 4] };
  const dpt = {
    network: { ...network, patchSize: 16, decoder: { ...network.decoder, depth: 4 }, head },
    stages: [{ width: 32, height: 16, steps: 2, pairs: 3, warmup: 1 }],
    data: { ...raw.data, portrait: 0.4 },
  };
  await run(dpt, { onValidation: (report) => void reports.push(report) });
  const [{ examples }] = reports as [ValidationReport];
  expect(examples[0]!.pictures.map(({ image }) => [image.width, image.height])).toEqual(Array(6).fill([32, 16]));
  const { config } = await openCheckpoint(join(folder, "checkpoints/step-000000002"));
  expect(config.head).toEqual(head);
});

describe("training from data sets", () => {
  beforeEach(async () => {
    for (const view of [0, 1, 2]) await putPhotoExrCamera(folder, `set/0000/0/view${view}`, planeView(view));
    const list = { scenes: npyTexts(["0000 0"]), images: npyTexts(["view0", "view1", "view2"]) };
    const pairs = npyIntegers([2, 3], [0, 0, 1, 0, 1, 2]);
    put(folder, "set/megadepth_pairs.npz", npz({ ...list, pairs }));
  });
  const fromSets = () => ({
    data: { ...raw.data, sets: [{ name: "megadepth", folder: join(folder, "set"), pairs: 2 }], workers: 2 },
  });

  test("workers share the pairs; those that cannot be read are counted", async () => {
    truncateSync(join(folder, "set/0000/0/view2.exr"), 500);
    const notes: string[] = [];
    const losses = (await run(fromSets(), { onNote: (note) => notes.push(note) })).map(({ loss }) => loss);
    expect(losses.every(Number.isFinite)).toBe(true);
    const told = notes.filter((note) => note.includes("view2.exr"));
    // Each batch of two pairs is an epoch, with the broken one in it.
    expect(told.length).toBeGreaterThanOrEqual(3);
    expect(told[0]).toMatch(/a pair of .*set is replaced by another: .*\(1 so far\)$/);
    expect(told[2]).toMatch(/\(4 so far\)$/);
  });

  test("a set whose list is missing stops at once, and says which file is expected", async () => {
    rmSync(join(folder, "set/megadepth_pairs.npz"));
    const ended = run(fromSets());
    await expect(ended).rejects.toThrow(InputError);
    await expect(ended).rejects.toThrow(/megadepth_pairs\.npz: there is no such file/);
  });
});

describe("training from shards", () => {
  let shards: string;
  const fromShards = {
    data: {
      ...raw.data,
      get shards() {
        return shards;
      },
    },
  };
  beforeAll(async () => {
    shards = mkdtempSync(join(tmpdir(), "dust3r-shards-"));
    const scene = { ...SCENE_DEFAULTS, width: 48, height: 36, views: 3 };
    await writeShard({ portrait: 0, path: join(shards, "a.tar"), seed: 5, first: 0, count: 3, scene });
  });
  afterAll(() => rmSync(shards, { recursive: true }));

  test("goes on bit for bit where it was interrupted", async () => {
    const losses = (await run(fromShards)).map(({ loss }) => loss);
    const whole = weights(4);
    rmSync(join(folder, "checkpoints"), { recursive: true });
    const controller = new AbortController();
    const stop = ({ step }: StepReport) => step === 2 && controller.abort(new Error("stopped"));
    await expect(run(fromShards, { onStep: stop, signal: controller.signal })).rejects.toThrow("stopped");
    expect((await run(fromShards)).map(({ loss }) => loss)).toEqual(losses.slice(2));
    expect(weights(4).equals(whole)).toBe(true);
  });

  test("a shard that is cut off is named, as something to be mended and not as a bug", async () => {
    const broken = join(folder, "shards");
    mkdirSync(broken);
    const scene = { ...SCENE_DEFAULTS, width: 48, height: 36, views: 2 };
    await writeShard({ portrait: 0, path: join(broken, "b.tar"), seed: 5, first: 0, count: 1, scene });
    truncateSync(join(broken, "b.tar"), 3000);
    const ended = run({ data: { ...raw.data, shards: broken } });
    await expect(ended).rejects.toThrow(InputError);
    await expect(ended).rejects.toThrow(/b\.tar: the tar archive is cut off/);
    // Nothing was learned, and nothing ties the folder to this configuration.
    expect(readdirSync(folder)).toEqual(["shards"]);
  });
});

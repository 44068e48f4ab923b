import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeRawShard } from "../../scripts/generate-raw-shards.ts";
import { parameterShapes } from "../../src/network/parameters.ts";
import { trainingScene } from "../../src/training/batches/procedural-series.ts";
import { configuredNetwork, parseTrainConfig } from "../../src/training/config/train-config.ts";
import { exportTraining } from "../../src/training/export-training.ts";
import { initialValues } from "../../src/training/initialization/initial-values.ts";
import { startingValues } from "../../src/training/initialization/starting-values.ts";
import { parameterLayout } from "../../src/training/optimizer/parameter-layout.ts";
import { train } from "../../src/training/train.ts";
import { openCheckpoint } from "../../src/weights/open-checkpoint.ts";
import { PYTHON, python, pythonResult, TOOLS } from "./python.ts";

const config = parseTrainConfig("test", {
  network: { encoder: { dim: 16, depth: 1, heads: 2 }, decoder: { dim: 16, depth: 1, heads: 2 } },
  stages: [{ width: 32, height: 24, steps: 12, pairs: 2, accumulate: 2, warmup: 2 }],
  data: { scenes: 2, views: 3, portrait: 0.5 },
  validation: { pairs: 2, everySteps: 100 },
});

describe.skipIf(PYTHON === undefined)("a training run on PyTorch", { timeout: 120_000 }, () => {
  let folder: string;
  const run = (...args: readonly string[]) =>
    python([
      ...[join(TOOLS, "train.py"), join(folder, "export"), "--device", "cpu", "-o", join(folder, "out")],
      ...["--readers", "1", "--first-scenes", "3", "--report-steps", "4", "--checkpoint-seconds", "0", ...args],
    ]);
  const checkpoint = (step: number) => join(folder, `out/checkpoints/step-${String(step).padStart(9, "0")}`);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dust3r-run-"));
    await exportTraining(config, { output: join(folder, "export") });
    for (const [name, seed] of [
      ["scenes", 1],
      ["held-out", 2],
    ] as const) {
      mkdirSync(join(folder, name));
      const series = { seed, width: 32, height: 24, views: 3, portrait: 0.5 };
      const scenes = [0, 1, 2].map((index) => trainingScene(series, index));
      writeFileSync(join(folder, name, "0.safetensors"), encodeRawShard(scenes));
    }
  });
  const parametersOf = async (path: string) => {
    const network = configuredNetwork(config);
    const layout = parameterLayout(parameterShapes(network));
    return (await startingValues({ network, layout, seed: 0, init: await openCheckpoint(path) })).values;
  };
  afterAll(() => rmSync(folder, { recursive: true }));

  test("writes checkpoints that it goes on from, and `dust3r train` too", async () => {
    const data = ["--scenes", join(folder, "scenes"), "--validation", join(folder, "held-out")];
    const first = await run(...data, "--total-steps", "4");
    expect(first.code, first.stderr).toBe(0);
    const second = await run(...data, "--total-steps", "8");
    expect(second.code, second.stderr).toBe(0);
    const log = readFileSync(join(folder, "out/train.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(log.flatMap(({ resumed }) => (typeof resumed === "string" ? resumed : []))).toEqual([checkpoint(4)]);
    expect(log.flatMap(({ step, loss }) => (loss === undefined ? [] : step))).toEqual([4, 8]);
    expect(log.filter(({ validation }) => validation !== undefined).length).toBe(2);
    expect(readdirSync(join(folder, "out/checkpoints")).sort()).toEqual(["step-000000004", "step-000000008"]);

    const steps: number[] = [];
    await train(config, { output: join(folder, "out"), threads: 1, onStep: ({ step }) => steps.push(step) });
    expect(steps).toEqual([9, 10, 11, 12]);
    expect((await openCheckpoint(checkpoint(12))).config).toMatchObject({
      patchSize: 8,
      encoder: { dim: 16, heads: 2 },
    });

    const third = await run("--scenes", join(folder, "scenes"));
    expect(third.code, third.stderr).toBe(0);
    expect(existsSync(checkpoint(12))).toBe(true);
  });

  test("a stage of several shapes goes on from another run's weights, its optimizer's memory included", async () => {
    const stages = [{ ...config.stages[0]!, otherHeights: [16] }];
    const mixed = { ...config, stages };
    await exportTraining(mixed, { output: join(folder, "mixed") });
    for (const [name, seed] of [
      ["mixed-scenes", 3],
      ["mixed-held-out", 4],
    ] as const) {
      mkdirSync(join(folder, name));
      const series = { seed, width: 32, height: 24, otherHeights: [16], views: 3, portrait: 0.5 };
      const scenes = Array.from({ length: 8 }, (_, index) => trainingScene(series, index));
      writeFileSync(join(folder, name, "0.safetensors"), encodeRawShard(scenes));
    }
    const output = join(folder, "mixed-out");
    const mixedRun = (...args: readonly string[]) =>
      python([
        ...[join(TOOLS, "train.py"), join(folder, "mixed"), "--device", "cpu", "-o", output, "--readers", "1"],
        ...["--scenes", join(folder, "mixed-scenes"), "--first-scenes", "4", "--report-steps", "3", ...args],
        ...["--validation", join(folder, "held-out"), "--validation-of-photos", join(folder, "mixed-held-out")],
      ]);
    const { code, stderr } = await mixedRun("--init", checkpoint(12), "--total-steps", "6");
    expect(code, stderr).toBe(0);
    const log = readFileSync(join(output, "train.jsonl"), "utf8").trim().split("\n");
    const entries = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.flatMap(({ step, loss }) => (loss === undefined ? [] : step))).toEqual([3, 6]);
    const validation = entries.find((entry) => "validation" in entry)!.validation as Record<string, number>;
    expect(validation.loss).not.toBeCloseTo(validation.lossOfPhotos!, 3);
    // Three of figures, and of the others those that are as high as the stage says.
    expect(entries.find((entry) => "validationScenes" in entry)!.validationScenes).toBeLessThan(3 + 8);
    const saved = JSON.parse(readFileSync(join(output, "checkpoints/step-000000006/training.json"), "utf8"));
    expect(saved).toMatchObject({ step: 6, optimizerSteps: 12 + 6 });
    const [before, after] = await Promise.all(
      [checkpoint(12), join(output, "checkpoints/step-000000006")].map(parametersOf),
    );
    const moved = before!.reduce((most, value, i) => Math.max(most, Math.abs(value - after![i]!)), 0);
    expect(moved).toBeGreaterThan(0);
    // Six steps of at most 1e-3 each: they began from those weights, not from random ones.
    expect(moved).toBeLessThan(0.02);
    const missing = await mixedRun("--init", join(folder, "scenes"), "-o", join(folder, "none"));
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(
      /scenes\/model\.safetensors: there is no such file; a checkpoint's folder is expected/,
    );
  });

  test("a packed checkpoint opens like any other, and can be gone on from", async () => {
    const parts = join(folder, "parts");
    const packed = await python([join(TOOLS, "pack.py"), join(folder, "out"), parts]);
    expect(packed.code, packed.stderr).toBe(0);
    const names = readdirSync(parts).filter((name) => name.startsWith("model.part-"));
    const again = join(folder, "again/checkpoints/step-000000012");
    mkdirSync(again, { recursive: true });
    const model = Buffer.concat(names.sort().map((name) => readFileSync(join(parts, name))));
    writeFileSync(join(again, "model.safetensors"), model);
    for (const name of ["config.json", "training.json"]) copyFileSync(join(parts, name), join(again, name));
    const [exact, half] = await Promise.all([checkpoint(12), again].map(parametersOf));
    const worst = exact!.reduce((most, value, i) => Math.max(most, Math.abs(value - half![i]!)), 0);
    expect(worst).toBeGreaterThan(0);
    expect(worst).toBeLessThan(1e-3);
    const goOn = ["--scenes", join(folder, "scenes"), "--total-steps", "16", "-o", join(folder, "again")];
    const { code, stderr, stdout } = await run(...goOn);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/"step": 16, "checkpoint"/);
  });

  test("parameters that are not carried along are drawn as `dust3r train` draws them", async () => {
    const program = `
import json, os, sys, torch
from state import TrainingState, read_record
os.remove(sys.argv[1] + "/model.safetensors")
state = TrainingState(sys.argv[1], read_record(sys.argv[1]), torch.device("cpu"))
twins = [torch.equal(v, state.parameters[n.replace("blocks2", "blocks")]) for n, v in state.parameters.items() if "dec_blocks2" in n]
print(json.dumps({"twins": all(twins), "spread": {n: [v.abs().mean().item(), v.max().item()] for n, v in state.parameters.items()}}))`;
    await exportTraining(config, { output: join(folder, "bare") });
    const found = await pythonResult(["-c", program, join(folder, "bare")]);
    expect(found.twins).toBe(true);
    const spread = found.spread as Record<string, [mean: number, most: number]>;
    const layout = parameterLayout(parameterShapes(configuredNetwork(config)));
    const expected = initialValues(layout, 1);
    for (const [name, { start, end }] of layout.ranges) {
      const values = expected.subarray(start, end);
      const mean = values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
      expect(Math.abs(spread[name]![0] - mean), name).toBeLessThanOrEqual(0.15 * mean);
      expect(Math.abs(spread[name]![1] - Math.max(...values)), name).toBeLessThanOrEqual(0.1 * Math.max(...values));
    }
  });

  test("another configuration is refused unless asked for", async () => {
    const other = { ...config, alpha: 0.3 };
    await exportTraining(other, { output: join(folder, "export") });
    const refused = await run("--scenes", join(folder, "scenes"));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/trained with another configuration; accept that with --changed-config/);
    expect((await run("--scenes", join(folder, "scenes"), "--changed-config")).code).toBe(0);
  });

  test("too few scenes in time are told", async () => {
    mkdirSync(join(folder, "nothing"));
    const { code, stderr } = await run("--scenes", join(folder, "nothing"), "--minutes", "0.001", "--changed-config");
    expect(code).toBe(1);
    expect(stderr).toMatch(/0 scenes were there in time \(0 of height 24\); 3 are needed, evenly/);
  });
});

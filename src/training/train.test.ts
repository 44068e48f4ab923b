import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCheckpoint } from "../weights/open-checkpoint.ts";
import { parseTrainConfig, type TrainConfig } from "./config/train-config.ts";
import type { StepReport, TrainOptions } from "./run/training-run.ts";
import { train } from "./train.ts";

const config = parseTrainConfig("test", {
  network: { encoder: { dim: 16, depth: 1, heads: 2 }, decoder: { dim: 16, depth: 1, heads: 2 } },
  stages: [
    { width: 32, height: 24, steps: 4, pairs: 2, accumulate: 2, warmup: 2 },
    { width: 40, height: 24, steps: 4, pairs: 3, warmup: 1 },
  ],
  data: { scenes: 2, views: 3, portrait: 0.5, fresh: 0.5 },
  validation: { pairs: 2, everySteps: 4 },
});

/** Runs until `stopAfter` steps are done, as Ctrl-C would end it. */
async function run(
  folder: string,
  stopAfter = Number.POSITIVE_INFINITY,
  options: Partial<TrainOptions> = {},
  trained = config,
) {
  const controller = new AbortController();
  const steps: StepReport[] = [];
  const ended = train(trained, {
    output: folder,
    threads: 1,
    signal: controller.signal,
    onStep(report) {
      steps.push(report);
      if (report.step === stopAfter) controller.abort(new Error("stopped"));
    },
    ...options,
  });
  if (Number.isFinite(stopAfter)) await expect(ended).rejects.toThrow("stopped");
  else await ended;
  return steps;
}

const weights = (folder: string, step: number) =>
  readFileSync(join(folder, "checkpoints", `step-${String(step).padStart(9, "0")}`, "model.safetensors"));

describe("a small training run", { timeout: 120_000 }, () => {
  let folder: string;
  let whole: StepReport[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dust3r-train-"));
    whole = await run(join(folder, "whole"));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("goes through all stages and leaves weights that open like any others", async () => {
    expect(whole.map(({ step, stage }) => [step, stage])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [5, 1],
      [6, 1],
      [7, 1],
      [8, 1],
    ]);
    expect(whole.every(({ loss, gradientNorm }) => Number.isFinite(loss) && gradientNorm > 0)).toBe(true);
    const checkpoint = await openCheckpoint(join(folder, "whole/checkpoints/step-000000008"));
    expect(checkpoint.config).toMatchObject({ patchSize: 8, encoder: { dim: 16, heads: 2 }, head: { kind: "linear" } });
    expect(checkpoint.notes).toEqual([]);
  });

  test("interrupted twice, once in each stage, it ends bit for bit the same", async () => {
    const parts = join(folder, "parts");
    const losses = [...(await run(parts, 3)), ...(await run(parts, 6)), ...(await run(parts))].map(({ loss }) => loss);
    expect(losses).toEqual(whole.map(({ loss }) => loss));
    expect(weights(parts, 8).equals(weights(join(folder, "whole"), 8))).toBe(true);
    expect(readdirSync(join(parts, "checkpoints")).length).toBe(2);
  });

  test("another configuration is refused unless asked for", async () => {
    const other: TrainConfig = { ...config, alpha: 0.3 };
    const options = { output: join(folder, "whole"), threads: 1 };
    await expect(train(other, options)).rejects.toThrow(/another configuration.*accept the change/);
    await expect(train(other, { ...options, changedConfig: true })).resolves.toBeUndefined();
  });

  test("weights of another architecture are refused by name", async () => {
    const init = await openCheckpoint(join(folder, "whole/checkpoints/step-000000008"));
    const wider: TrainConfig = { ...config, network: { ...config.network, decoder: { dim: 32, depth: 1, heads: 2 } } };
    const ended = train(wider, { output: join(folder, "wider"), init, threads: 1 });
    await expect(ended).rejects.toThrow(/decoder_embed\.weight is \[16,16\]; this configuration needs \[32,16\]/);
  });

  test("a damaged checkpoint is named", async () => {
    const damaged = join(folder, "damaged");
    cpSync(join(folder, "whole"), damaged, { recursive: true });
    const record = join(damaged, "checkpoints/step-000000008/training.json");
    const whole = readFileSync(record);
    for (const text of ["", "null", "{}", '{"step": -1}']) {
      writeFileSync(record, text);
      const ended = train(config, { output: damaged, threads: 1 });
      await expect(ended).rejects.toThrow(
        /step-000000008\/training\.json: (line 1: not JSON|is not what a checkpoint)/,
      );
    }
    writeFileSync(record, whole);
    truncateSync(join(damaged, "checkpoints/step-000000008/optimizer.safetensors"), 100);
    await expect(train(config, { output: damaged, threads: 1 })).rejects.toThrow(/optimizer\.safetensors/);
  });

  test("a loss that is no number stops the run and names the step", async () => {
    const init = await openCheckpoint(join(folder, "whole/checkpoints/step-000000008"));
    const wild: TrainConfig = {
      ...config,
      stages: [{ ...config.stages[0]!, learningRate: 1e30, warmup: 0, steps: 4 }],
    };
    const ended = train(wild, { output: join(folder, "wild"), init, threads: 1 });
    await expect(ended).rejects.toThrow(/the loss became (NaN|Infinity|-Infinity) at step \d+ .*last good checkpoint/);
  });
});

test("batches of two heights: 8 steps are 4 and 4 by two processes", {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "dust3r-heights-"));
  const mixed: TrainConfig = {
    ...config,
    stages: [{ ...config.stages[0]!, otherHeights: [16], steps: 8 }],
    data: { ...config.data, workers: 2 },
    validation: { pairs: 2, everySteps: 100 },
  };
  const runAs = (name: string, stopAfter?: number, options?: Partial<TrainOptions>) =>
    run(join(folder, name), stopAfter, options, mixed);
  const losses = (await runAs("whole")).map(({ loss }) => loss);
  const halves = [...(await runAs("parts", 4)), ...(await runAs("parts", undefined, { processes: 2 }))];
  expect(halves.map(({ loss }) => loss)).toEqual(losses);
  expect(weights(join(folder, "parts"), 8).equals(weights(join(folder, "whole"), 8))).toBe(true);
  rmSync(folder, { recursive: true });
});

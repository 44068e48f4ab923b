import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCheckpoint } from "../weights/open-checkpoint.ts";
import { parsePretrainConfig } from "./config/pretrain-config.ts";
import { parseTrainConfig } from "./config/train-config.ts";
import { pretrain } from "./pretrain.ts";
import type { ValidationReport } from "./run/training-run.ts";
import { train } from "./train.ts";

const stack = { dim: 16, depth: 1, heads: 2 };
const data = { scenes: 2, views: 3, portrait: 0.5, fresh: 0.5 };
const config = parsePretrainConfig("test", {
  network: { encoder: stack, decoder: stack },
  stages: [{ width: 32, height: 24, otherHeights: [16], steps: 30, pairs: 6, warmup: 2, learningRate: 0.003 }],
  masked: 0.5,
  data,
  validation: { pairs: 4, everySteps: 15 },
});

const weights = (folder: string) => readFileSync(join(folder, "checkpoints/step-000000030/model.safetensors"));

describe("pre-training", { timeout: 120_000 }, () => {
  let folder: string;
  const reports: ValidationReport[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dust3r-pretrain-"));
    await pretrain(config, {
      output: join(folder, "whole"),
      threads: 1,
      onValidation: (report) => void reports.push(report),
    });
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  test("the loss falls from step to step", () => {
    expect(reports.map(({ step }) => step)).toEqual([0, 15, 30]);
    expect(reports[2]!.result.loss).toBeLessThan(reports[1]!.result.loss);
    expect(Number.isFinite(reports[1]!.result.gain)).toBe(true);
  });

  test("examples show masked, reconstructed and true patches", () => {
    const [example] = reports[0]!.examples;
    const pictures = new Map(example!.pictures.map(({ caption, image }) => [caption, image]));
    expect([...pictures.keys()]).toEqual(["view 1 as seen", "painted", "true", "view 2"]);
    const [seen, painted, truth] = ["view 1 as seen", "painted", "true"].map((caption) => pictures.get(caption)!.rgb);
    const isGray = (i: number) => [0, 1, 2].every((channel) => seen![3 * i + channel] === 128);
    const pixels = Array.from({ length: 32 * 24 }, (_, i) => i);
    // Half of twelve patches of 64 pixels are masked; visible ones stay as they are.
    expect(pixels.filter(isGray).length).toBeGreaterThanOrEqual(6 * 64);
    const kept = pixels.filter((i) => !isGray(i));
    expect(kept.every((i) => painted![3 * i] === truth![3 * i])).toBe(true);
    expect(pixels.some((i) => painted![3 * i] !== truth![3 * i])).toBe(true);
  });

  test("interrupted, it ends bit for bit the same, heights and all", async () => {
    const controller = new AbortController();
    const options = { output: join(folder, "parts"), threads: 1 };
    const interrupted = pretrain(config, {
      ...options,
      signal: controller.signal,
      onStep: ({ step }) => step === 7 && controller.abort(new Error("stopped")),
    });
    await expect(interrupted).rejects.toThrow("stopped");
    await pretrain(config, options);
    expect(weights(options.output).equals(weights(join(folder, "whole")))).toBe(true);
  });

  test("training starts from its checkpoint", async () => {
    const init = await openCheckpoint(join(folder, "whole/checkpoints/step-000000030"));
    expect(init.config.head).toEqual({ kind: "none" });
    const notes: string[] = [];
    const fine = parseTrainConfig("test", {
      network: { encoder: stack, decoder: stack },
      stages: [{ width: 32, height: 24, steps: 1, pairs: 2 }],
      data,
      validation: { pairs: 2 },
    });
    await train(fine, { output: join(folder, "train"), init, threads: 1, onNote: (note) => notes.push(note) });
    expect(notes).toEqual(["drawn at random: downstream_head1, downstream_head2"]);
  });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parameterShapes } from "../network/parameters.ts";
import { openSession } from "../runtime/session.ts";
import { openCheckpoint } from "../weights/open-checkpoint.ts";
import { trainingBatches } from "./batches/training-batches.ts";
import { configuredNetwork, parseTrainConfig } from "./config/train-config.ts";
import { type ExportedTraining, exportTraining } from "./export-training.ts";
import { initialValues } from "./initialization/initial-values.ts";
import { startingValues } from "./initialization/starting-values.ts";
import { evaluateLoss } from "./loss/evaluate-loss.ts";
import { parameterLayout } from "./optimizer/parameter-layout.ts";

const config = parseTrainConfig("test", {
  network: { encoder: { dim: 16, depth: 1, heads: 2 }, decoder: { dim: 16, depth: 1, heads: 2 } },
  stages: [
    { width: 24, height: 16, steps: 30, pairs: 3 },
    { width: 32, height: 24, otherHeights: [32], steps: 20, pairs: 2, learningRate: 0.002, warmup: 5 },
  ],
  data: { scenes: 2, views: 3 },
});
const network = configuredNetwork(config);
const layout = parameterLayout(parameterShapes(network));

let folder: string;
let record: ExportedTraining;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-export-"));
  writeFileSync(join(folder, "notes.txt"), "kept");
  await exportTraining(config, { output: folder, stage: 1 });
  record = JSON.parse(readFileSync(join(folder, "training.json"), "utf8"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a stage is described in full, beside what was in the folder", () => {
  expect(readdirSync(folder).sort()).toEqual(
    [
      "config.json",
      "graph-32x24.onnx",
      "graph-32x32.onnx",
      "model.safetensors",
      "notes.txt",
      "training.json",
      "validation.onnx",
    ].sort(),
  );
  expect(record).toMatchObject({ stage: 1, firstStep: 30, config });
  expect(record.schedule).toEqual({ peak: 0.002, final: 1e-6, warmup: 5, total: 20 });
  expect(record.optimizer).toEqual({ beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.05, clip: 1 });
  expect(record.muon).toBeNull();
  expect(record.parameters).toEqual([...layout.ranges].map(([name, { shape }]) => ({ name, shape })));
  expect(record.graphs.map(({ height, file }) => [height, file])).toEqual([
    [24, "graph-32x24.onnx"],
    [32, "graph-32x32.onnx"],
  ]);
  const [own, square] = record.graphs.map(({ inputs }) =>
    Object.fromEntries(inputs.map(({ name, shape }) => [name, shape])),
  );
  expect(own).toMatchObject({ patches: [48, 192], points1: [4, 12, 3, 64], valid: [4, 12, 1, 64] });
  expect(square).toMatchObject({ patches: [64, 192], points1: [4, 16, 3, 64], valid: [4, 16, 1, 64] });
});

test("the parameters are those that training starts from, and open like any checkpoint", async () => {
  const { values, notes } = await startingValues({ network, layout, seed: 9, init: await openCheckpoint(folder) });
  expect(values).toEqual(initialValues(layout, config.seed));
  expect(notes).toEqual([]);
});

test("the graphs of training and validation give the same loss; view 1's own is beside it", async () => {
  const { workers: _, ...data } = config.data;
  const batch = await trainingBatches({ ...data, ...config.stages[1]!, otherHeights: [], seed: 3, network })(0);
  const values = initialValues(layout, 1);
  const lossesOf = async (name: string) => {
    const session = await openSession(readFileSync(join(folder, name)), { device: "cpu", threads: 1 });
    const losses = await evaluateLoss(session, batch, { layout, values });
    await session.dispose();
    return losses;
  };
  const [trained, validated] = [await lossesOf("graph-32x24.onnx"), await lossesOf("validation.onnx")];
  expect(validated.loss).toBeCloseTo(trained.loss, 5);
  expect(validated.own).toBeGreaterThan(0);
  expect(validated.own).not.toBeCloseTo(validated.regressionLoss1!, 5);
});

test("a stage that there is not is refused", async () => {
  await expect(exportTraining(config, { output: folder, stage: 2 })).rejects.toThrow(
    /stage 2: the configuration has stages 0 to 1/,
  );
});

test("a DPT head is refused: the batches of other executors are made for linear ones", async () => {
  const head = { kind: "dpt", featureDim: 8, lastDim: 4, layerDims: [4, 4, 4, 4] } as const;
  const dpt = { ...config, network: { ...config.network, head } };
  await expect(exportTraining(dpt, { output: folder })).rejects.toThrow(/linear heads only/);
});

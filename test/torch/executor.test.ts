import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../src/core/random.ts";
import { type TensorContent, writeSafetensors } from "../../src/formats/safetensors-writer.ts";
import type { NetworkConfig } from "../../src/network/config.ts";
import { parameterShapes } from "../../src/network/parameters.ts";
import type { TensorValues } from "../../src/runtime/device.ts";
import { openSession } from "../../src/runtime/session.ts";
import { pairBatch } from "../../src/training/batches/pair-batch.ts";
import type { TrainingView } from "../../src/training/batches/training-view.ts";
import { parseTrainConfig, type TrainConfig } from "../../src/training/config/train-config.ts";
import { exportTraining } from "../../src/training/export-training.ts";
import { initialValues } from "../../src/training/initialization/initial-values.ts";
import { parameterFeeds } from "../../src/training/loss/evaluate-loss.ts";
import { pairLossGraph } from "../../src/training/loss/pair-loss-graph.ts";
import { confidenceLoss, regressionLoss } from "../../src/training/loss/pointmap-loss.ts";
import { gradientModel } from "../../src/training/loss/training-graph.ts";
import { parameterLayout } from "../../src/training/optimizer/parameter-layout.ts";
import { PYTHON, python, pythonResult, TOOLS } from "./python.ts";

const config = (pairs: number): TrainConfig =>
  parseTrainConfig("test", {
    network: { encoder: { dim: 32, depth: 2, heads: 2 }, decoder: { dim: 24, depth: 1, heads: 2 } },
    stages: [{ width: 32, height: 24, steps: 20, pairs, warmup: 2 }],
    data: { scenes: 3, views: 3, portrait: 0.5 },
  });

interface Checked {
  readonly loss: readonly number[];
  readonly heights: readonly number[];
  readonly knownGradients: number;
  readonly knownAttentions: number;
  readonly differences: Readonly<Record<"loss" | "gradientNorm" | "gradient" | "values", number>>;
}

describe.skipIf(PYTHON === undefined)("the graph on PyTorch", { timeout: 60_000 }, () => {
  let folder: string;
  const check = async (...args: readonly string[]) =>
    (await pythonResult([join(TOOLS, "check.py"), "--device", "cpu", ...args])) as unknown as Checked;
  /** How many there are, where PyTorch has the kernel for them. */
  const attentions = async () => {
    const program =
      "import json, torch.nn.functional as F; print(json.dumps([hasattr(F, 'scaled_dot_product_attention')]))";
    const [hasKernel] = Object.values(await pythonResult(["-c", program]));
    return hasKernel ? 6 : 0;
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "dust3r-torch-"));
    await exportTraining(config(2), { output: join(folder, "export"), check: 5 });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("five steps: losses, gradients and parameters are ONNX Runtime's", async () => {
    const { differences, knownGradients, knownAttentions } = await check(join(folder, "export"));
    for (const difference of Object.values(differences)) expect(difference).toBeLessThan(5e-6);
    // All are recognized, or they would be slow: 15 layer normalizations with three parts each, 4 GELUs, 29 linear layers'
    // biases, 2 attentions in the encoder and 4 in the decoders.
    expect(knownGradients).toBe(3 * 15 + 4 + 29);
    expect(knownAttentions).toBe(await attentions());
  });

  test("so are they with Muon and the matching losses", async () => {
    await exportTraining(
      { ...config(2), optimizer: "muon", matching: 0.5, attention: 0.5 },
      { output: join(folder, "muon"), check: 5 },
    );
    const { differences, knownAttentions } = await check(join(folder, "muon"));
    for (const difference of Object.values(differences)) expect(difference).toBeLessThan(2e-5);
    expect(knownAttentions).toBe(await attentions());
  });

  test("a stage of several shapes: each batch goes through its own graph, all on the same parameters", async () => {
    const mixed = config(2);
    const stages = [{ ...mixed.stages[0]!, otherHeights: [32, 16] }];
    await exportTraining({ ...mixed, stages, matching: 0.5 }, { output: join(folder, "mixed"), check: 6 });
    const { differences, heights } = await check(join(folder, "mixed"));
    for (const difference of Object.values(differences)) expect(difference).toBeLessThan(2e-5);
    expect(new Set(heights)).toEqual(new Set([16, 24, 32]));
  });

  test("half-precision products stay close", async () => {
    const { differences } = await check(join(folder, "export"), "--bf16");
    expect(differences.loss).toBeGreaterThan(1e-6);
    expect(differences.loss).toBeLessThan(2e-3);
    expect(differences.gradient).toBeLessThan(0.05);
  });

  test("two processes are one with twice the batch", async () => {
    const whole = join(folder, "whole");
    await exportTraining(config(4), { output: whole, check: 3 });
    const { batches, halves } = splitBatches(join(whole, "check.safetensors"), 3);
    writeFileSync(join(folder, "whole.safetensors"), batches);
    writeFileSync(join(folder, "halves.safetensors"), halves);
    const values = (name: string) => join(folder, `${name}-values.safetensors`);
    const single = await check(whole, ...["--batches", join(folder, "whole.safetensors"), "--values", values("one")]);
    const port = String(20_000 + (process.pid % 20_000));
    const both = ["0", "1"].map((rank) =>
      python(
        [
          ...[join(TOOLS, "check.py"), "--device", "cpu", join(folder, "export")],
          ...["--batches", join(folder, "halves.safetensors"), "--values", values("two")],
        ],
        { RANK: rank, LOCAL_RANK: rank, WORLD_SIZE: "2", MASTER_ADDR: "127.0.0.1", MASTER_PORT: port },
      ),
    );
    const [leader, other] = await Promise.all(both);
    expect([leader!.code, other!.code], leader!.stderr + other!.stderr).toEqual([0, 0]);
    const first = JSON.parse(leader!.stdout) as Checked;
    first.loss.forEach((loss, step) => {
      expect(loss).toBeCloseTo(single.loss[step]!, 4);
    });
    const [one, two] = [floats(values("one")), floats(values("two"))];
    const largest = Math.max(...one.map((value, i) => Math.abs(value - two[i]!)));
    // Far below the learning rates of these steps, 5e-4 and 1e-3, by which Adam moves nearly every parameter.
    expect(largest).toBeLessThan(1e-4);
  });

  test("a network with DPT heads, convolutions and all", async () => {
    const network: NetworkConfig = {
      patchSize: 16,
      encoder: { dim: 32, depth: 1, heads: 2 },
      decoder: { dim: 16, depth: 4, heads: 1 },
      mlpRatio: 4,
      ropeBase: 100,
      head: { kind: "dpt", featureDim: 8, lastDim: 4, layerDims: [4, 8, 8, 12] },
      depthMode: "exp",
      confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
      imageSize: { height: 32, width: 48 },
    };
    const layout = parameterLayout(parameterShapes(network));
    const grid = { rows: 2, columns: 3 };
    const criterion = confidenceLoss(regressionLoss({ norm: "median", shiftInvariant: true }), 0.2);
    const { bytes } = gradientModel(pairLossGraph(network, [grid, grid], criterion, { saveMemory: true }));
    const batch = pairBatch([[randomView("first"), randomView("second")]], network);
    const feeds = { ...batch, ...parameterFeeds(layout, initialValues(layout, 1)) };
    const session = await openSession(bytes, { device: "cpu", threads: 1 });
    const outputs = await session.run(feeds);
    await session.dispose();
    writeFileSync(join(folder, "dpt.onnx"), bytes);
    writeFileSync(join(folder, "feeds.safetensors"), tensorFile(feeds));
    writeFileSync(join(folder, "outputs.safetensors"), tensorFile(outputs));
    const program = `
import json, sys, torch
from executor import Executor
from safetensors_file import read_safetensors
graph, feeds, outputs = sys.argv[1:]
tensors = lambda path: {name: torch.from_numpy(array.copy()) for name, array in read_safetensors(path).items()}
found, expected = Executor(graph)(tensors(feeds)), tensors(outputs)
print(json.dumps({name: ((found[name] - expected[name]).norm() / (expected[name].norm() + 1e-6)).item() for name in expected}))`;
    const files = ["dpt.onnx", "feeds.safetensors", "outputs.safetensors"].map((name) => join(folder, name));
    const differences = await pythonResult(["-c", program, ...files]);
    expect(Object.keys(differences).length).toBeGreaterThan(layout.ranges.size);
    for (const [name, difference] of Object.entries(differences)) expect(difference, name).toBeLessThan(1e-3);
  });
});

function randomView(seed: string): TrainingView {
  const random = seededRandom(seed);
  const [width, height] = [48, 32];
  const numbers = (count: number) => Float32Array.from({ length: count }, () => 2 * random() - 1);
  return {
    ...{ width, height, image: numbers(3 * width * height), points: numbers(3 * width * height) },
    valid: Uint8Array.from({ length: width * height }, () => (random() < 0.8 ? 1 : 0)),
    worldFromCam: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -3, 0, 0, 0, 1),
  };
}

const STORED = { float32: "F32", int64: "I64", uint8: "U8" } as const;

function tensorFile(tensors: TensorValues): Uint8Array {
  const entries = Object.entries(tensors).map(([name, { dtype, shape, data }]) => {
    return [
      name,
      { dtype: STORED[dtype as keyof typeof STORED], shape, values: data } satisfies TensorContent,
    ] as const;
  });
  return writeSafetensors(new Map(entries));
}

interface StoredTensor {
  readonly dtype: "F32" | "I64" | "U8";
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

function readTensors(path: string): Map<string, StoredTensor> {
  const file = readFileSync(path);
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString("utf8", 8, start)) as Record<
    string,
    Omit<StoredTensor, "bytes"> & { data_offsets: [number, number] }
  >;
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          dtype,
          shape,
          data_offsets: [from, to],
        },
      ]) => {
        return [name, { dtype, shape, bytes: Uint8Array.from(file.subarray(start + from, start + to)) }];
      },
    ),
  );
}

function floats(path: string): Float32Array {
  return new Float32Array([...readTensors(path).values()][0]!.bytes.buffer);
}

/**
 * The batches of a check file with every pixel valid, so that the mean over a batch is that of its halves; and each of
 * them in two, for a graph of half as many pairs.
 */
function splitBatches(path: string, count: number): { batches: Uint8Array; halves: Uint8Array } {
  const [batches, halves] = [new Map<string, TensorContent>(), new Map<string, TensorContent>()];
  const values = (bytes: Uint8Array, dtype: StoredTensor["dtype"]) =>
    dtype === "F32" ? new Float32Array(bytes.buffer) : dtype === "I64" ? new BigInt64Array(bytes.buffer) : bytes;
  for (const [name, { dtype, shape, bytes }] of readTensors(path)) {
    const [, batch, input] = /^batch(\d+)\.(.*)/.exec(name) ?? [];
    if (batch === undefined || Number(batch) >= count) continue;
    const whole = input === "valid" ? bytes.fill(1) : bytes;
    batches.set(name, { dtype, shape, values: values(whole, dtype) });
    // First images of all pairs, then the second ones.
    const quarter = bytes.length / 4;
    for (const half of [0, 1]) {
      const part = new Uint8Array(2 * quarter);
      part.set(whole.subarray(half * quarter, (half + 1) * quarter));
      part.set(whole.subarray((half + 2) * quarter, (half + 3) * quarter), quarter);
      const content = { dtype, shape: [shape[0]! / 2, ...shape.slice(1)], values: values(part, dtype) };
      halves.set(`batch${2 * Number(batch) + half}.${input}`, content);
    }
  }
  return { batches: writeSafetensors(batches), halves: writeSafetensors(halves) };
}

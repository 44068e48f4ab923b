import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../../test/golden.ts";
import { TINY_DPT, TINY_LINEAR } from "../../../test/tiny-networks.ts";
import { seededRandom } from "../../core/random.ts";
import { identityPose } from "../../geometry/pose.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { parameterShapes } from "../../network/parameters.ts";
import { openSession } from "../../runtime/session.ts";
import { pairBatch } from "../batches/pair-batch.ts";
import type { TrainingView } from "../batches/training-view.ts";
import { parameterFeeds } from "../loss/evaluate-loss.ts";
import { pairLossGraph } from "../loss/pair-loss-graph.ts";
import { type Criterion, trainingCriterion } from "../loss/pointmap-loss.ts";
import { gradientModel, gradientName } from "../loss/training-graph.ts";
import { gradientNorm } from "../optimizer/adamw.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { growDepth, type NetworkParameters, resizePatchLayers } from "./grow-network.ts";
import { embeddingMatrix, interpolationMatrix, resizePatches } from "./resize-patch.ts";

const SIZE = { width: 48, height: 32 };
const random = seededRandom("grow");
const view = (): TrainingView => ({
  ...SIZE,
  image: Float32Array.from({ length: 3 * SIZE.width * SIZE.height }, () => 2 * random() - 1),
  points: Float32Array.from({ length: 3 * SIZE.width * SIZE.height }, () => 1 + random()),
  valid: new Uint8Array(SIZE.width * SIZE.height).fill(1),
  worldFromCam: identityPose(),
});
const pair = [view(), view()] as const;

/** Predictions and gradients of a network on a pair. */
async function compute(config: NetworkConfig, parameters: NetworkParameters) {
  const criterion: Criterion = (views) => {
    const [{ points: points1, confidence }, { points: points2 }] = views.predictions;
    return { ...trainingCriterion(0.2)(views), details: { predicted1: points1, predicted2: points2, confidence } };
  };
  const grid = { rows: SIZE.height / config.patchSize, columns: SIZE.width / config.patchSize };
  const layout = parameterLayout(parameterShapes(config));
  const values = new Float32Array(layout.length);
  for (const [name, { shape, start }] of layout.ranges) {
    expect(parameters.get(name)?.shape, name).toEqual(shape);
    values.set(parameters.get(name)!.values, start);
  }
  const model = gradientModel(pairLossGraph(config, [grid, grid], criterion));
  const session = await openSession(model.bytes, { device: "cpu", threads: 1 });
  const outputs = await session.run({ ...pairBatch([pair], config), ...parameterFeeds(layout, values) });
  await session.dispose();
  return (name: string) => outputs[name]!.data as Float32Array;
}

function stored(kind: "linear" | "dpt", config: NetworkConfig): NetworkParameters {
  const golden = readGoldens(`tiny_${kind}_weights.safetensors`);
  const entries = [...parameterShapes(config)].map(
    ([name, shape]) => [name, { shape, values: golden(name).data }] as const,
  );
  return new Map(entries);
}

describe("deeper networks", () => {
  test.each([
    ["linear", TINY_LINEAR, 5, 7],
    ["dpt", TINY_DPT, 3, 16],
  ] as const)("a %s network with more blocks computes what it did", async (kind, config, encoder, decoder) => {
    const deeper: NetworkConfig = {
      ...config,
      encoder: { ...config.encoder, depth: encoder },
      decoder: { ...config.decoder, depth: decoder },
    };
    const parameters = stored(kind, config);
    const before = await compute(config, parameters);
    const after = await compute(deeper, growDepth(parameters, config, deeper));
    for (const name of ["predicted1", "predicted2", "confidence", "loss"]) {
      expectClose(after(name), before(name), { absolute: 1e-6, relative: 1e-6, name });
    }
  });

  test("new blocks have gradients from the first step", async () => {
    const deeper: NetworkConfig = { ...TINY_LINEAR, decoder: { ...TINY_LINEAR.decoder, depth: 8 } };
    const grown = growDepth(stored("linear", TINY_LINEAR), TINY_LINEAR, deeper);
    const outputs = await compute(deeper, grown);
    for (const end of ["attn.proj", "cross_attn.proj", "mlp.fc2"]) {
      const name = `dec_blocks.1.${end}.weight`;
      expect(grown.get(name)!.values.every((value) => value === 0)).toBe(true);
      expect(gradientNorm(outputs(gradientName(name)))).toBeGreaterThan(1e-6);
    }
  });
});

describe("patches of another size", () => {
  const sizes = fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 0, max: 9 }), fc.integer());

  test("an enlarged patch is embedded as the patch was", () => {
    fc.assert(
      fc.property(sizes, ([from, more, seed]) => {
        const to = from + more;
        const draw = seededRandom(seed);
        const [weights, patch] = [0, 1].map(() => Float32Array.from({ length: from * from }, () => 2 * draw() - 1));
        const shape = { from, to, depth: 1 };
        const enlarged = resizePatches(patch!, interpolationMatrix(from, to), shape);
        const adapted = resizePatches(weights!, embeddingMatrix(from, to), shape);
        const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
        expect(dot(adapted, enlarged)).toBeCloseTo(dot(weights!, patch!), 4);
      }),
    );
  });

  test("interpolation keeps what is flat and what is a slope", () => {
    fc.assert(
      fc.property(sizes, ([from, more]) => {
        for (const [a, b] of [
          [from, from + more],
          [from + more, from],
        ] as const) {
          const matrix = interpolationMatrix(a, b);
          const rows = Array.from({ length: b }, (_, row) => [...matrix.subarray(row * a, (row + 1) * a)]);
          rows.forEach((row, y) => {
            expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 10);
            const center = row.reduce((sum, weight, x) => sum + weight * (x + 0.5), 0) / a;
            const wanted = Math.min(Math.max((y + 0.5) / b, 0.5 / a), 1 - 0.5 / a);
            expect(center).toBeCloseTo(wanted, 10);
          });
        }
      }),
    );
  });

  test("the linear head answers with enlarged pointmaps", () => {
    const [from, to, dim] = [2, 4, 3];
    const draw = seededRandom("head");
    const head = Float32Array.from({ length: 4 * from * from * dim }, draw);
    const token = [0.3, -1, 2];
    const answer = (weights: Float32Array) =>
      Float32Array.from({ length: weights.length / dim }, (_, row) =>
        token.reduce((sum, value, k) => sum + value * weights[row * dim + k]!, 0),
      );
    const name = "downstream_head1.proj.weight";
    const resized = resizePatchLayers(new Map([[name, { shape: [4 * from * from, dim], values: head }]]), from, to);
    expect(resized.get(name)!.shape).toEqual([4 * to * to, dim]);
    const enlarged = resizePatches(answer(head), interpolationMatrix(from, to), { from, to, depth: 1 });
    expectClose(answer(resized.get(name)!.values), enlarged, { absolute: 1e-5, relative: 1e-5 });
  });

  test("patches of half the size: the embedding of flat ones is kept", () => {
    const weights = Float32Array.from({ length: 64 }, seededRandom("flat"));
    const smaller = resizePatches(weights, embeddingMatrix(8, 4), { from: 8, to: 4, depth: 1 });
    const sum = (values: Float32Array) => values.reduce((a, b) => a + b, 0);
    expect(sum(smaller)).toBeCloseTo(sum(weights), 4);
  });
});

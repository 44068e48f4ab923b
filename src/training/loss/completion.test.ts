import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../../test/golden.ts";
import { runGraph } from "../../../test/run-graph.ts";
import { seededRandom } from "../../core/random.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { completeView, crocoParameterShapes, paintPatches } from "../../network/croco.ts";
import { embedPatches } from "../../network/encoder.ts";
import { openSession } from "../../runtime/session.ts";
import { reshape } from "../../tensor/operators/broadcasting.ts";
import { subtract } from "../../tensor/operators/elementwise.ts";
import { input } from "../../tensor/tensor.ts";
import { type CompletionPair, completionBatch, shuffledPatches } from "../batches/completion-batch.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { completionGraph, meanSquare, pixelTargets } from "./completion-graph.ts";
import { evaluateLoss, parameterFeeds } from "./evaluate-loss.ts";
import { gradientModel, gradientName, lossModel, trainingGraph } from "./training-graph.ts";

const golden = readGoldens("croco_pretrain.safetensors");
const CONFIG: NetworkConfig = {
  patchSize: 16,
  encoder: { dim: 32, depth: 2, heads: 2 },
  decoder: { dim: 32, depth: 2, heads: 2 },
  mlpRatio: 4,
  ropeBase: 100,
  head: { kind: "none" },
  depthMode: "exp",
  confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
  imageSize: { height: 64, width: 64 },
};
const grid = { rows: 4, columns: 4 };
const [TOKENS, SIZE] = [16, 768];
const layout = parameterLayout(crocoParameterShapes(CONFIG));
const values = new Float32Array(layout.length);
for (const [name, { start }] of layout.ranges) values.set(golden(`w.${name}`).data, start);

const mask = golden("mask").data;
const pairs: CompletionPair[] = [0, 1].map((sample) => {
  const masked = Array.from({ length: TOKENS }, (_, token) => token).filter((token) => mask[sample * TOKENS + token]);
  const seen = Array.from({ length: TOKENS }, (_, token) => token).filter((token) => !masked.includes(token));
  return {
    view1: { grid, patches: patches(golden("img1").data, sample) },
    view2: { grid, patches: patches(golden("img2").data, sample) },
    order: [...seen, ...masked],
  };
});
const hidden = mask.slice(0, TOKENS).reduce((a, b) => a + b, 0);
const batch = completionBatch(pairs, hidden);

describe("CroCo against the reference", () => {
  test("loss on masked patches, normalized", async () => {
    const session = await openSession(lossModel(completionGraph(CONFIG, { pairs: 2, grid, hidden })).bytes, {
      device: "cpu",
      threads: 1,
    });
    const { loss } = await evaluateLoss(session, batch, { layout, values });
    await session.dispose();
    expectClose([loss], golden("loss_normpix").data, { absolute: 0, relative: 1e-5 });
  });

  test("reconstructed patches and the losses of its variants", async () => {
    const all = await everything();
    const ordered = new Float32Array(2 * TOKENS * SIZE);
    pairs.forEach(({ order }, sample) => {
      order.forEach((token, i) => {
        const at = (sample * TOKENS + i) * SIZE;
        ordered.set(all.painted!.subarray(at, at + SIZE), (sample * TOKENS + token) * SIZE);
      });
    });
    expectClose(ordered, golden("out").data);
    expectClose(all.everyPatch!, golden("loss_normpix_allpatches").data, { absolute: 0, relative: 1e-5 });
    // Without normalization, over the masked patches only.
    let squares = 0;
    pairs.forEach(({ view1, order }, sample) => {
      for (let i = TOKENS - hidden; i < TOKENS; i++) {
        for (let k = 0; k < SIZE; k++) {
          const truth = view1.patches[order[i]! * SIZE + (k % 3) * 256 + Math.floor(k / 3)]!;
          squares += (all.painted![(sample * TOKENS + i) * SIZE + k]! - truth) ** 2;
        }
      }
    });
    expectClose([squares / (2 * hidden * SIZE)], golden("loss_rawpix").data, { absolute: 0, relative: 1e-5 });
  });

  async function everything() {
    const places = input("positions1", [2 * TOKENS, 2], "int64");
    const outputs = trainingGraph(crocoParameterShapes(CONFIG), (parameters) => {
      const embed = (name: string, count: number) => embedPatches(input(name, [count, SIZE]), CONFIG, parameters);
      const decoded = completeView(
        { x: embed("visible", 2 * (TOKENS - hidden)), batch: 2, grid },
        { coordinates: places, limit: 4 },
        { x: embed("patches2", 2 * TOKENS), batch: 2, grid },
        { config: CONFIG, parameters },
      );
      const painted = paintPatches(reshape(decoded, [2 * TOKENS, 32]), CONFIG, parameters);
      const truth = pixelTargets(input("patches1", [2 * TOKENS, SIZE]));
      return { loss: meanSquare(subtract(painted, truth)), details: { painted } };
    }).terms;
    const sorted = new Float32Array(2 * TOKENS * SIZE);
    pairs.forEach(({ view1, order }, sample) => {
      order.forEach((token, i) => {
        sorted.set(view1.patches.subarray(token * SIZE, (token + 1) * SIZE), (sample * TOKENS + i) * SIZE);
      });
    });
    return runGraph(
      { painted: outputs.details.painted!, everyPatch: outputs.loss },
      { ...batch, ...parameterFeeds(layout, values), patches1: { shape: [2 * TOKENS, SIZE], data: sorted } },
    );
  }
});

test("every parameter of cross-view completion has a gradient", async () => {
  const model = gradientModel(completionGraph(CONFIG, { pairs: 2, grid, hidden }));
  const session = await openSession(model.bytes, { device: "cpu", threads: 1 });
  const outputs = await session.run({ ...batch, ...parameterFeeds(layout, values) });
  await session.dispose();
  for (const name of layout.ranges.keys()) {
    const gradient = outputs[gradientName(name)]!.data as Float32Array;
    expect(gradient.every(Number.isFinite), name).toBe(true);
    expect(Math.max(...gradient.map(Math.abs)), name).toBeGreaterThan(0);
  }
});

test("the patches are shuffled by the seed", () => {
  const order = shuffledPatches(grid, seededRandom("patches"));
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
  expect(order).toEqual(shuffledPatches(grid, seededRandom("patches")));
  expect(order).not.toEqual(shuffledPatches(grid, seededRandom("others")));
});

/** Sample of `[2, 3, 64, 64]` as patches: channel, row, column. */
function patches(images: Float32Array, sample: number): Float32Array {
  return Float32Array.from({ length: TOKENS * SIZE }, (_, i) => {
    const [token, k] = [Math.floor(i / SIZE), i % SIZE];
    const [channel, row, column] = [Math.floor(k / 256), Math.floor((k % 256) / 16), k % 16];
    const [y, x] = [Math.floor(token / 4) * 16 + row, (token % 4) * 16 + column];
    return images[((sample * 3 + channel) * 64 + y) * 64 + x]!;
  });
}

import { expect, test } from "vitest";
import { seriesHeights } from "../../procedural/scene-size.ts";
import type { TensorValues } from "../../runtime/device.ts";
import { batchHeight } from "../batches/batch-height.ts";
import { trainingBatches } from "../batches/training-batches.ts";
import { parsePretrainConfig } from "../config/pretrain-config.ts";
import { parseTrainConfig } from "../config/train-config.ts";
import { initialValues } from "../initialization/initial-values.ts";
import { gradientModel } from "../loss/training-graph.ts";
import { completionObjective } from "../objectives/completion-objective.ts";
import type { Objective } from "../objectives/objective.ts";
import { pointmapObjective } from "../objectives/pointmap-objective.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { type GradientPoolOptions, openGradientPool } from "./gradient-pool.ts";

const stack = { dim: 16, depth: 1, heads: 2 };
const raw = (height: number, otherHeights: readonly number[]) => ({
  network: { encoder: stack, decoder: stack },
  stages: [{ width: 32, height, otherHeights, steps: 9, pairs: 2 }],
  data: { scenes: 2, views: 3, portrait: 0.5 },
});
const head = { kind: "dpt", featureDim: 8, lastDim: 4, layerDims: [4, 4, 4, 4] };
const dptNetwork = { encoder: stack, decoder: { ...stack, depth: 4 }, patchSize: 16, head };

/** A run at these heights. */
type Heights = (height: number, otherHeights: readonly number[]) => Objective;
const linear: Heights = (height, lower) =>
  pointmapObjective(parseTrainConfig("test", { ...raw(height, lower), matching: 0.5 }));
const dpt: Heights = (height, lower) =>
  pointmapObjective(parseTrainConfig("test", { ...raw(height, lower), network: dptNetwork }));
const completion: Heights = (height, lower) => completionObjective(parsePretrainConfig("test", raw(height, lower)));

/** The first batch of each height. */
async function oneOfEach(objective: Objective): Promise<readonly TensorValues[]> {
  const settings = objective.batches(0);
  const batches = trainingBatches(settings);
  const found: TensorValues[] = [];
  for (const height of seriesHeights(settings)) {
    let number = 0;
    while (batchHeight(settings, number) !== height) number++;
    found.push(await batches(number));
  }
  return found;
}

/** Loss of each batch and the sum of their gradients. */
async function gradientOf(objective: Objective, batches: readonly TensorValues[], options: GradientPoolOptions) {
  const layout = parameterLayout(objective.shapes);
  const values = initialValues(layout, 1);
  const gradientSum = new Float32Array(layout.length);
  await using pool = await openGradientPool(objective.graphs(0).map(gradientModel), { threads: 1, ...options });
  const losses: number[] = [];
  for (let i = 0; i < batches.length; i += pool.width) {
    const added = await pool.add(batches.slice(i, i + pool.width), { layout, values, gradientSum });
    losses.push(...added.map(({ loss }) => loss));
  }
  return { losses, gradient: Buffer.from(gradientSum.buffer) };
}

test.each([
  ["a linear head and the matching loss", linear],
  ["pre-training", completion],
])("the gradient at the lowest height is that of a run at it alone: %s", { timeout: 60_000 }, async (_, run) => {
  const mixed = run(24, [16, 8]);
  const batch = (await oneOfEach(mixed)).slice(-1);
  const result = await gradientOf(mixed, batch, {});
  expect(result.losses.every(Number.isFinite)).toBe(true);
  expect(result.gradient.some((byte) => byte !== 0)).toBe(true);
  const alone = await gradientOf(run(8, []), batch, {});
  expect(alone.losses).toEqual(result.losses);
  expect(alone.gradient.equals(result.gradient)).toBe(true);
});

test("with a DPT head, too, each height has the graph of a run at it alone", { timeout: 120_000 }, async () => {
  const mixed = dpt(32, [16]);
  const models = mixed.graphs(0).map((graph) => Buffer.from(gradientModel(graph).bytes));
  const alone = [32, 16].map((height) => Buffer.from(gradientModel(dpt(height, []).graphs(0)[0]!).bytes));
  expect(models.map((bytes, i) => bytes.equals(alone[i]!))).toEqual([true, true]);
  const { losses, gradient } = await gradientOf(mixed, await oneOfEach(mixed), {});
  expect(losses.every(Number.isFinite)).toBe(true);
  expect(gradient.some((byte) => byte !== 0)).toBe(true);
});

test.each([
  ["training", linear],
  ["pre-training", completion],
])("two processes add batches of three heights up to the same: %s", { timeout: 120_000 }, async (_, run) => {
  const mixed = run(24, [16, 8]);
  const batches = await oneOfEach(mixed);
  const [two, one] = [await gradientOf(mixed, batches, { processes: 2 }), await gradientOf(mixed, batches, {})];
  expect(two.losses).toEqual(one.losses);
  expect(two.gradient.equals(one.gradient)).toBe(true);
});

test("a batch of a height that the run does not have is refused", async () => {
  const batches = await oneOfEach(linear(16, []));
  await expect(gradientOf(linear(24, [8]), batches, {})).rejects.toThrow(/no gradient model has the shape/);
});

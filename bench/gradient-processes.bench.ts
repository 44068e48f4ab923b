/** Two batches' gradients: by one process on two threads, one after the other, against two processes side by side. */
import { readFileSync } from "node:fs";
import { trainingBatches } from "../src/training/batches/training-batches.ts";
import { parseTrainConfig } from "../src/training/config/train-config.ts";
import { initialValues } from "../src/training/initialization/initial-values.ts";
import { gradientModel } from "../src/training/loss/training-graph.ts";
import { pointmapBatches, pointmapObjective } from "../src/training/objectives/pointmap-objective.ts";
import { adamwState, adamwStep } from "../src/training/optimizer/adamw.ts";
import { parameterLayout } from "../src/training/optimizer/parameter-layout.ts";
import { openGradientPool } from "../src/training/run/gradient-pool.ts";

const path = "docs/training/tiny.json";
const config = parseTrainConfig(path, JSON.parse(readFileSync(path, "utf8")));
const objective = pointmapObjective(config);
const layout = parameterLayout(objective.shapes);
const values = initialValues(layout, 1);
const models = objective.graphs(0).map(gradientModel);
const next = trainingBatches(pointmapBatches(config, 0));
const batches = [await next(0), await next(1)];
const gradientSum = new Float32Array(layout.length);
const state = adamwState(layout);
const ROUNDS = 8;

const together = await openGradientPool(models, { threads: 2 });
const apart = await openGradientPool(models, { processes: 2 });
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const one = await seconds(async () => {
    for (const batch of batches) await together.add([batch], { layout, values, gradientSum });
  });
  const two = await seconds(() => apart.add(batches, { layout, values, gradientSum }));
  // The first round of each fetches memory.
  if (round > 0) ratios.push(one / two);
  adamwStep(values, gradientSum.fill(0), state, { layout, learningRate: 1e-4 });
  console.log(`  one process ${(1000 * one).toFixed(0)} ms, two processes ${(1000 * two).toFixed(0)} ms`);
}
await Promise.all([together[Symbol.asyncDispose](), apart[Symbol.asyncDispose]()]);
const median = ratios.sort((a, b) => a - b)[ratios.length >> 1]!;
console.log(`two processes are ${median.toFixed(2)} times as fast as one on two threads (median of pairs)`);

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

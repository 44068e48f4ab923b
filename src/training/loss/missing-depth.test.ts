import { expect, test } from "vitest";
import { TINY_LINEAR } from "../../../test/tiny-networks.ts";
import { parameterShapes } from "../../network/parameters.ts";
import { openSession } from "../../runtime/session.ts";
import { pairBatch } from "../batches/pair-batch.ts";
import { trainingScene } from "../batches/procedural-series.ts";
import { type TrainingView, trainingView } from "../batches/training-view.ts";
import { initialValues } from "../initialization/initial-values.ts";
import { gradientNorm } from "../optimizer/adamw.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { addGradient } from "./evaluate-loss.ts";
import { pairLossGraph } from "./pair-loss-graph.ts";
import { trainingCriterion } from "./pointmap-loss.ts";
import { gradientModel } from "./training-graph.ts";

const SIZE = { width: 48, height: 32 };
const layout = parameterLayout(parameterShapes(TINY_LINEAR));
const values = initialValues(layout, 1);
const [first, second] = trainingScene({ ...SIZE, seed: 3, views: 2, portrait: 0 }, 0).views.map((view) =>
  trainingView(view),
) as [TrainingView, TrainingView];
const blind = (view: TrainingView) => ({ ...view, valid: new Uint8Array(view.valid.length) });

/** Loss and gradient of a batch. */
async function learn(...pairs: (readonly [TrainingView, TrainingView])[]) {
  const grids = Array.from({ length: 2 * pairs.length }, () => ({ rows: 2, columns: 3 }));
  const { bytes } = gradientModel(pairLossGraph(TINY_LINEAR, grids, trainingCriterion(0.2)));
  const session = await openSession(bytes, { device: "cpu", threads: 1 });
  const gradientSum = new Float32Array(layout.length);
  const { loss } = await addGradient(session, pairBatch(pairs, TINY_LINEAR), { layout, values, gradientSum });
  await session.dispose();
  return { loss, gradient: gradientSum };
}

test("a pair without any depth changes neither loss nor gradient", async () => {
  const alone = await learn([first, second]);
  const beside = await learn([first, second], [blind(second), blind(first)]);
  expect(beside.loss).toBeCloseTo(alone.loss, 5);
  const difference = alone.gradient.map((g, i) => g - beside.gradient[i]!);
  expect(gradientNorm(difference)).toBeLessThan(1e-5 * gradientNorm(alone.gradient));
});

test("one view without depth, or no depth at all: still numbers", async () => {
  for (const pair of [
    [first, blind(second)],
    [blind(first), second],
    [blind(first), blind(second)],
  ] as const) {
    const { loss, gradient } = await learn(pair);
    expect(Number.isFinite(loss) && gradient.every(Number.isFinite)).toBe(true);
  }
});

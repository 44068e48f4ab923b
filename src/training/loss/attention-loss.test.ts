import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { parameterShapes } from "../../network/parameters.ts";
import type { TensorValues } from "../../runtime/device.ts";
import { openSession } from "../../runtime/session.ts";
import { pairBatch } from "../batches/pair-batch.ts";
import type { TrainingView } from "../batches/training-view.ts";
import { configuredNetwork, parseTrainConfig } from "../config/train-config.ts";
import { initialValues } from "../initialization/initial-values.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { evaluateLoss } from "./evaluate-loss.ts";
import { pairLossGraph } from "./pair-loss-graph.ts";
import { trainingCriterion } from "./pointmap-loss.ts";
import { lossModel } from "./training-graph.ts";

// One block: its queries and keys do not depend on earlier blocks of the other side.
const stack = { dim: 16, depth: 1, heads: 2 };
const NETWORK: NetworkConfig = configuredNetwork(
  parseTrainConfig("test", {
    network: { encoder: stack, decoder: stack },
    stages: [{ width: 32, height: 16, steps: 1 }],
  }),
);
const TOKENS = 8;

function someView(name: string): TrainingView {
  const random = seededRandom(name);
  const noise = (length: number) => Float32Array.from({ length }, () => 2 * random() - 1);
  return {
    width: 32,
    height: 16,
    image: noise(3 * 512),
    points: noise(3 * 512),
    valid: new Uint8Array(512).fill(1),
    worldFromCam: Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1),
  };
}

/** Counterparts for the tokens of the first image alone: token k shows what token k + 1 of its partner shows. */
function sharesOfFirst(images: number): TensorValues[string] {
  const data = new Float32Array(images * TOKENS * TOKENS);
  for (let token = 0; token + 1 < TOKENS; token++) data[token * TOKENS + token + 1] = 1;
  return { dtype: "float32", shape: [images, TOKENS, TOKENS], data };
}

test("both decoders are told the counterparts of the image that they look from", async () => {
  const layout = parameterLayout(parameterShapes(NETWORK));
  const values = initialValues(layout, 1);
  // Larger than at initialization, so that attention depends on the images.
  for (const [name, { start, end }] of layout.ranges) {
    if (/proj[qk]\.weight/.test(name)) for (let i = start; i < end; i++) values[i]! *= 2;
  }
  const grids = Array.from({ length: 2 }, () => ({ rows: 2, columns: 4 }));
  const graph = pairLossGraph(NETWORK, grids, trainingCriterion(0.2), { attention: 1 });
  const session = await openSession(lossModel(graph).bytes, { device: "cpu", threads: 1 });
  const lossFrom = async (first: TrainingView, second: TrainingView, weights: Float32Array) => {
    const batch = { ...pairBatch([[first, second]], NETWORK), shares: sharesOfFirst(2) };
    return (await evaluateLoss(session, batch, { layout, values: weights })).attentionLoss!;
  };
  const [a, b] = [someView("a"), someView("b")];
  // The decoders start as equals: they look from an image in the same way, whichever of them it is that does.
  const fromA = await lossFrom(a, b, values);
  expect(Math.abs(fromA - (await lossFrom(b, a, values)))).toBeGreaterThan(0.01);
  // A second decoder that looks everywhere alike guesses; the first one's half stays what it was.
  const blind = values.slice();
  for (const [name, { start, end }] of layout.ranges) {
    if (/dec_blocks2\.\d+\.cross_attn\.projq/.test(name)) blind.fill(0, start, end);
  }
  const half = Math.log(TOKENS) / 2;
  expect((await lossFrom(a, b, blind)) - half).toBeCloseTo(fromA / 2, 5);
  await session.dispose();
});

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../../test/golden.ts";
import { TINY_DPT, TINY_LINEAR } from "../../../test/tiny-networks.ts";
import { parameterShapes } from "../../network/parameters.ts";
import { openSession } from "../../runtime/session.ts";
import { pairBatch } from "../batches/pair-batch.ts";
import type { TrainingView } from "../batches/training-view.ts";
import { addGradient, type LossValues } from "../loss/evaluate-loss.ts";
import { pairLossGraph } from "../loss/pair-loss-graph.ts";
import { trainingCriterion } from "../loss/pointmap-loss.ts";
import { gradientModel } from "../loss/training-graph.ts";
import { adamwState, adamwStep, gradientNorm } from "../optimizer/adamw.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";

const CONFIGS = { linear: TINY_LINEAR, dpt: TINY_DPT };
/** Stored landscape, as upstream stores portrait photos too. */
const [HEIGHT, WIDTH] = [32, 48];

describe.each(["linear", "dpt"] as const)("four steps of the %s network against the reference", (kind) => {
  const golden = readGoldens(`train_${kind}.safetensors`);
  const weights = readGoldens(`tiny_${kind}_weights.safetensors`);
  const path = resolve(import.meta.dirname, `../../../test/fixtures/train_${kind}_names.json`);
  const names: readonly string[] = JSON.parse(readFileSync(path, "utf8")).param_order.map(officialName);
  const layout = parameterLayout(parameterShapes(CONFIGS[kind]));
  const values = new Float32Array(layout.length);
  const norms: number[] = [];
  const losses: LossValues[] = [];
  let firstGradient: Float32Array;

  beforeAll(async () => {
    for (const [name, { start }] of layout.ranges) values.set(weights(name).data, start);
    const samples = [0, 1].map((sample) => [viewOf(1, sample), viewOf(2, sample)] as const);
    const batch = pairBatch(samples, CONFIGS[kind]);
    const grids = [...samples.map(([view]) => view), ...samples.map(([, view]) => view)].map(({ height, width }) => ({
      rows: height / 16,
      columns: width / 16,
    }));
    const graph = pairLossGraph(CONFIGS[kind], grids, trainingCriterion(0.2));
    const session = await openSession(gradientModel(graph).bytes, { device: "cpu", threads: 1 });
    const state = adamwState(layout);
    for (let step = 0; step < 4; step++) {
      const gradientSum = new Float32Array(layout.length);
      losses.push(await addGradient(session, batch, { layout, values, gradientSum }));
      norms.push(gradientNorm(gradientSum));
      firstGradient ??= gradientSum;
      adamwStep(values, gradientSum, state, { layout, learningRate: 1e-3 });
    }
    await session.dispose();
  });

  function viewOf(view: 1 | 2, sample: number): TrainingView {
    const part = (name: string) => {
      const { data } = golden(`in.view${view}.${name}`);
      return data.slice((sample * data.length) / 2, ((sample + 1) * data.length) / 2);
    };
    const [trueHeight, trueWidth] = part("true_shape") as unknown as [number, number];
    const upright = trueHeight <= trueWidth;
    const turn = (data: Float32Array, strides: readonly [number, number]) =>
      upright ? data : transposed(data, HEIGHT, WIDTH, strides);
    return {
      height: trueHeight,
      width: trueWidth,
      image: turn(part("img"), [HEIGHT * WIDTH, 1]),
      points: turn(part("pts3d"), [1, 3]),
      valid: Uint8Array.from(turn(part("valid_mask"), [HEIGHT * WIDTH, 1])),
      worldFromCam: Float64Array.from(part("camera_pose")),
    };
  }

  test("the batch mixes orientations", () => {
    expect([viewOf(1, 0), viewOf(1, 1)].map(({ height }) => height)).toEqual([32, 48]);
  });

  test("loss of every step and its parts", () => {
    const close = { absolute: 1e-6, relative: 1e-5 };
    expectClose(
      losses.map(({ loss }) => loss),
      golden("loss_per_step").data,
      close,
    );
    const { confidenceLoss1, confidenceLoss2, regressionLoss1, regressionLoss2 } = losses[0]!;
    const parts = [confidenceLoss1!, confidenceLoss2!, regressionLoss1!, regressionLoss2!];
    expectClose(parts, golden("detail").data, close);
  });

  test("norm of every step's gradient", () => {
    expectClose(norms, golden("grad_norm_per_step").data, { absolute: 0, relative: 1e-4 });
  });

  test("first gradient of every parameter", () => {
    const lengths = golden("grad_l2").data;
    const largest = Math.max(...lengths);
    names.forEach((name, i) => {
      const range = layout.ranges.get(name);
      if (range === undefined) {
        expect(lengths[i], name).toBe(-1);
        return;
      }
      const actual = gradientNorm(firstGradient.subarray(range.start, range.end));
      expectClose([actual], [lengths[i]!], { absolute: 1e-6 * largest, relative: 1e-4, name });
    });
    expect(names.filter((name) => layout.ranges.has(name)).length).toBe(layout.ranges.size);
  });

  test("some gradients in full", () => {
    const recorded = [
      "patch_embed.proj.weight",
      "enc_blocks.1.attn.qkv.bias",
      "enc_norm.weight",
      "decoder_embed.bias",
      "dec_blocks.2.cross_attn.projk.weight",
      "dec_blocks2.1.norm_y.weight",
      "dec_norm.bias",
      ...(kind === "linear"
        ? ["downstream_head1.proj.bias"]
        : ["downstream_head1.dpt.act_postprocess.0.1.bias", "downstream_head1.dpt.scratch.layer3_rn.weight"]),
    ];
    for (const name of recorded) {
      const { start, end } = layout.ranges.get(officialName(name))!;
      const expected = golden(`grad.${name}`).data;
      const largest = Math.max(...expected.map(Math.abs));
      expectClose(firstGradient.subarray(start, end), expected, { absolute: 1e-4 * largest, relative: 0, name });
    }
  });

  test("parameters after four steps", () => {
    const [lengths, sums] = [golden("param_l2_after_4_steps").data, golden("param_sum_after_4_steps").data];
    names.forEach((name, i) => {
      const range = layout.ranges.get(name);
      if (range === undefined) return;
      const after = values.subarray(range.start, range.end);
      expectClose([gradientNorm(after)], [lengths[i]!], { absolute: 1e-4, relative: 1e-4, name });
      const sum = after.reduce((a, b) => a + b, 0);
      // Adam moves an entry whose gradient is nothing but rounding by up to the learning rate.
      expectClose([sum], [sums[i]!], { absolute: 2e-3, relative: 1e-3, name });
    });
  });
});

/** Upstream lists `layer_rn.0` as `layer1_rn` as well. */
function officialName(name: string): string {
  return name.replace(/scratch\.layer(\d)_rn/, (_, level) => `scratch.layer_rn.${Number(level) - 1}`);
}

/** A landscape map stored `[height, width]`, upright. */
function transposed(
  data: Float32Array,
  height: number,
  width: number,
  [channelStride, pixelStride]: readonly [number, number],
): Float32Array {
  const turned = new Float32Array(data.length);
  for (let channel = 0; channel < data.length / (height * width); channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        turned[channel * channelStride + (x * height + y) * pixelStride] =
          data[channel * channelStride + (y * width + x) * pixelStride]!;
      }
    }
  }
  return turned;
}

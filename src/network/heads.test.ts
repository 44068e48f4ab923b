import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../test/golden.ts";
import { TINY_DPT } from "../../test/tiny-networks.ts";
import { openSession } from "../runtime/session.ts";
import { onnxModel } from "../tensor/onnx-model.ts";
import { reshape } from "../tensor/operators/broadcasting.ts";
import { transpose } from "../tensor/operators/movement.ts";
import { input, parameter, type Tensor } from "../tensor/tensor.ts";
import { dptHead, hookedLevels } from "./dpt-head.ts";
import { unpatchify } from "./linear-head.ts";
import { activateConfidence, activatePoints } from "./pointmap-activation.ts";

const units = readGoldens("units.safetensors");

async function evaluate(build: (x: Tensor) => Tensor, feed: { shape: readonly number[]; data: Float32Array }) {
  const { bytes } = onnxModel({ output: build(input("x", feed.shape)) }, () => new Uint8Array());
  const session = await openSession(bytes, { device: "cpu", threads: 1 });
  const result = await session.run({ x: { ...feed, dtype: "float32" } });
  await session.dispose();
  return result.output!.data as Float32Array;
}

describe("a DPT head on a decoder whose depth is no multiple of four", () => {
  test("reads levels that are rounded down, as the reference does", () => {
    expect(hookedLevels(12)).toEqual([0, 6, 9, 12]);
    expect(hookedLevels(10)).toEqual([0, 5, 7, 10]);
    expect(hookedLevels(11)).toEqual([0, 5, 8, 11]);
  });

  test.each([2, 3, 5, 6, 7, 9])("depth %i: an image of the photo's size", (depth) => {
    const config = { ...TINY_DPT, decoder: { ...TINY_DPT.decoder, depth } };
    const levels = Array.from({ length: depth + 1 }, (_, k) => input(`level ${k}`, [6, k === 0 ? 48 : 32]));
    const shape = { batch: 1, grid: { rows: 2, columns: 3 } };
    expect(dptHead(levels, "head", shape, config, parameter).raw.shape.slice(-2)).toEqual([32, 48]);
  });
});

describe("output activations against the reference", () => {
  test.each(["exp", "square", "linear"] as const)("points: %s", async (mode) => {
    const actual = await evaluate((x) => activatePoints(x, mode), units("postprocess.depth.in"));
    expectClose(actual, units(`postprocess.depth.${mode}.out`).data);
  });

  test.each([
    ["exp_1_inf", { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY }],
    ["exp_1_20", { kind: "exp", min: 1, max: 20 }],
    ["sigmoid_0_1", { kind: "sigmoid", min: 0, max: 1 }],
  ] as const)("confidence: %s", async (name, mode) => {
    const actual = await evaluate((x) => activateConfidence(x, mode), units("postprocess.conf.in"));
    expectClose(actual, units(`postprocess.conf.${name}.out`).data);
  });

  test("a zero vector stays zero", async () => {
    const actual = await evaluate((x) => activatePoints(x, "exp"), { shape: [1, 3], data: Float32Array.of(0, 0, 0) });
    expect([...actual]).toEqual([0, 0, 0]);
  });
});

test("unpatchify is the reference's pixel shuffle", async () => {
  const feed = units("pixel_shuffle_r2.in"); // [1, 2 · 2 · 2, 2, 3]
  const actual = await evaluate((x) => {
    const tokens = reshape(transpose(x, [0, 2, 3, 1]), [6, 8]);
    return transpose(unpatchify(tokens, { batch: 1, grid: { rows: 2, columns: 3 } }, 2), [0, 3, 1, 2]);
  }, feed);
  expectClose(actual, units("pixel_shuffle_r2.out").data, { absolute: 0, relative: 0 });
});

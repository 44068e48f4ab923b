import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../../test/golden.ts";
import { openSession } from "../../runtime/session.ts";
import { onnxModel } from "../onnx-model.ts";
import { constant, input, type Tensor } from "../tensor.ts";
import { reshape } from "./broadcasting.ts";
import { conv2d, convTransposeBlocks } from "./convolution.ts";
import { add, expm1, gelu } from "./elementwise.ts";
import { linear, matmul } from "./linalg.ts";
import { concat, slice, split, transpose } from "./movement.ts";
import { rotary, rotaryTable } from "./rotary.ts";
import { upsampleDouble } from "./upsample.ts";

const units = readGoldens("units.safetensors");

async function evaluate(output: Tensor, feed: { shape: readonly number[]; data: Float32Array }): Promise<Float32Array> {
  const { bytes } = onnxModel({ output }, () => new Uint8Array());
  const session = await openSession(bytes, { device: "cpu", threads: 1 });
  const result = await session.run({ x: { ...feed, dtype: "float32" } });
  await session.dispose();
  return result.output!.data as Float32Array;
}

const goldenInput = (name: string) => input("x", units(`${name}.in`).shape);
const goldenConstant = (name: string) => constant(units(name).data, units(name).shape);

describe("units recorded from the reference", () => {
  test.each([64, 32, 16, 24])("RoPE of a head of %i channels", async (d) => {
    const feed = units(`rope.d${d}.in`); // [batch, heads, tokens, d]
    const [batch, heads, tokens] = feed.shape as [number, number, number];
    const positions = units(`rope.d${d}.pos`).data; // [batch, tokens, 2]
    const perHead = Array.from({ length: batch * heads * tokens }, (_, i) => {
      const token = Math.floor(i / heads / tokens) * tokens + (i % tokens);
      return [positions[2 * token]!, positions[2 * token + 1]!];
    }).flat();
    const table = constant(BigInt64Array.from(perHead, BigInt), [perHead.length / 2, 2]);
    const frequencies = Array.from({ length: d / 4 }, (_, k) => 100 ** ((-2 * k) / (d / 2)));
    const x = reshape(input("x", feed.shape), [batch * heads * tokens, 2, d / 2]);
    const turned = reshape(rotary(x, rotaryTable(table, 1 + Math.max(...positions), frequencies)), feed.shape);
    expectClose(await evaluate(turned, feed), units(`rope.d${d}.out`).data);
  });

  test("exact GELU", async () => {
    expectClose(await evaluate(gelu(goldenInput("gelu")), units("gelu.in")), units("gelu.out").data);
  });

  test("bilinear doubling with aligned corners", async () => {
    const name = "upsample2x_align_corners";
    expectClose(await evaluate(upsampleDouble(goldenInput(name)), units(`${name}.in`)), units(`${name}.out`).data);
  });

  test("transposed convolution with kernel = stride", async () => {
    const name = "convtranspose_k4s4";
    const output = convTransposeBlocks(
      goldenInput(name),
      goldenConstant(`${name}.weight`),
      goldenConstant(`${name}.bias`),
    );
    expectClose(await evaluate(output, units(`${name}.in`)), units(`${name}.out`).data);
  });

  test("3×3 convolution with stride 2", async () => {
    const name = "conv_k3s2p1";
    const output = conv2d(goldenInput(name), goldenConstant(`${name}.weight`), goldenConstant(`${name}.bias`), {
      stride: 2,
      padding: 1,
    });
    expect(output.shape).toEqual(units(`${name}.out`).shape);
    expectClose(await evaluate(output, units(`${name}.in`)), units(`${name}.out`).data);
  });
});

test("expm1 keeps its digits near zero", async () => {
  const values = Float32Array.of(1e-7, -1e-6, 1e-3, 0.5, 3, 20, 0);
  const result = await evaluate(expm1(input("x", [7])), { shape: [7], data: values });
  expectClose(result, Array.from(values, Math.expm1), { absolute: 0, relative: 1e-6 });
});

describe("shape errors explain themselves", () => {
  const x = input("tokens", [12, 48]);
  test.each([
    [
      "linear",
      () => linear(x, input("w", [32, 50]), input("b", [32])),
      /tokens \[12,48\] needs a weight \[out, 48\].*w \[32,50\]/,
    ],
    ["matmul", () => matmul(x, x), /tokens \[12,48\] times tokens \[12,48\]/],
    ["add", () => add(x, input("y", [12, 47])), /48 and 47 differ/],
    ["reshape", () => reshape(x, [5, 5]), /576 elements, \[5,5\] would hold 25/],
    ["transpose", () => transpose(x, [0, 0]), /no order of the axes/],
    ["concat", () => concat([x, input("y", [12, 4])], 0), /differ beside axis 0/],
    ["split", () => split(x, [3, 4], 0), /add up to 7/],
    ["slice", () => slice(x, 0, 3, 20), /3\.\.20 lies outside/],
    [
      "conv2d",
      () => conv2d(input("i", [1, 3, 8, 8]), input("w", [4, 2, 3, 3]), undefined, { stride: 1, padding: 1 }),
      /\[out, 3, k, k\]/,
    ],
  ])("%s", (_, build, message) => {
    expect(build).toThrow(message);
  });
});

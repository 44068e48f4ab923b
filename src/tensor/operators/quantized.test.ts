import { describe, expect, test } from "vitest";
import { expectClose } from "../../../test/golden.ts";
import { type Random, seededRandom } from "../../core/random.ts";
import { openSession } from "../../runtime/session.ts";
import { onnxModel } from "../onnx-model.ts";
import { ShapeError } from "../shape.ts";
import { constant, input, parameter } from "../tensor.ts";
import { finelyQuantizedLinear, quantizedLinear } from "./quantized.ts";

const [ROWS, FEATURES, OUT] = [5, 48, 7];

/** Of 7 bits: then no sum of two products saturates, on any processor. */
function someWeights(random: Random): Int8Array<ArrayBuffer> {
  return Int8Array.from({ length: FEATURES * OUT }, () => Math.floor(127 * random()) - 63);
}

describe("a fully connected layer on 8-bit numbers", () => {
  test("is the sum of rounded numbers, in whole numbers", async () => {
    const random = seededRandom("quantized");
    const x = Float32Array.from({ length: ROWS * FEATURES }, () => 3 * random() - 1);
    const values = someWeights(random);
    const scales = Float32Array.from({ length: OUT }, () => 0.01 * (1 + random()));
    const bias = Float32Array.from({ length: OUT }, () => random());

    // What ONNX's DynamicQuantizeLinear prescribes.
    const [low, high] = [Math.min(0, ...x), Math.max(0, ...x)];
    const scale = Math.fround((high - low) / 255);
    const expected = Array.from({ length: ROWS * OUT }, (_, k) => {
      const [row, o] = [Math.floor(k / OUT), k % OUT];
      let sum = 0;
      for (let i = 0; i < FEATURES; i++) {
        sum += roundToEven(x[row * FEATURES + i]! / scale) * values[i * OUT + o]!;
      }
      return sum * scale * scales[o]! + bias[o]!;
    });

    const weight = { values: parameter("values", [FEATURES, OUT], "int8"), scales: constant(scales) };
    const y = quantizedLinear(input("x", [ROWS, FEATURES]), weight, constant(bias));
    const { bytes } = onnxModel({ y }, () => new Uint8Array(values.buffer));
    const session = await openSession(bytes, { device: "cpu", threads: 1 });
    const answer = (await session.run({ x: { dtype: "float32", shape: [ROWS, FEATURES], data: x } })).y!;
    await session.dispose();
    // A number halfway between two levels may go either way: one level of one weight.
    expectClose(answer.data as Float32Array, expected, { absolute: 1e-4, relative: 1e-5 });
  });

  test("rounds its inputs a hundredth as much where it rounds them in two steps", async () => {
    const random = seededRandom("finely quantized");
    const x = Float32Array.from({ length: ROWS * FEATURES }, () => 3 * random() - 1);
    const values = someWeights(random);
    const bias = Float32Array.from({ length: OUT }, () => random());
    const weight = {
      values: parameter("values", [FEATURES, OUT], "int8"),
      scales: constant(new Float32Array(OUT).fill(0.01)),
    };
    const products = {
      plain: quantizedLinear(input("x", [ROWS, FEATURES]), weight, constant(bias)),
      fine: finelyQuantizedLinear(input("x", [ROWS, FEATURES]), weight, constant(bias)),
    };
    const { bytes } = onnxModel(products, () => new Uint8Array(values.buffer));
    const session = await openSession(bytes, { device: "cpu", threads: 1 });
    const answers = await session.run({ x: { dtype: "float32", shape: [ROWS, FEATURES], data: x } });
    await session.dispose();
    const errorOf = (name: "plain" | "fine") =>
      (answers[name]!.data as Float32Array).reduce((most, answer, k) => {
        const [row, o] = [Math.floor(k / OUT), k % OUT];
        let exact = bias[o]!;
        for (let i = 0; i < FEATURES; i++) exact += 0.01 * x[row * FEATURES + i]! * values[i * OUT + o]!;
        return Math.max(most, Math.abs(answer - exact));
      }, 0);
    expect(errorOf("plain")).toBeGreaterThan(0.005);
    expect(errorOf("fine")).toBeLessThan(errorOf("plain") / 100);
  });

  test("weights of another shape or type are refused by name", () => {
    const x = input("x", [ROWS, FEATURES]);
    const scales = constant(new Float32Array(OUT));
    const transposed = { values: parameter("values", [OUT, FEATURES], "int8"), scales };
    expect(() => quantizedLinear(x, transposed, scales)).toThrow(ShapeError);
    expect(() => quantizedLinear(x, transposed, scales)).toThrow(/values \[7,48\]/);
    const floats = { values: parameter("values", [FEATURES, OUT]), scales };
    expect(() => quantizedLinear(x, floats, scales)).toThrow(/float32 values/);
  });
});

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

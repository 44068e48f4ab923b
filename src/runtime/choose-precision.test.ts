import { describe, expect, test } from "vitest";
import { CapabilityError } from "../core/errors.ts";
import { choosePrecision, type PrecisionFacts } from "./choose-precision.ts";
import { areExact } from "./int8-probe.ts";

const int8 = { platform: "a processor", exact: true, speedup: 3 };
const LARGE: PrecisionFacts = { device: "cpu", int8, weightsBytes: 2e9 };

describe("auto", () => {
  test.each([
    ["q8 for a large network where 8 bits are exact and fast", {}, "q8", /exact and 3\.0 times/],
    ["float32 for a small one", { weightsBytes: 4e7 }, "fp32", /small/],
    ["float32 where 8 bits gain little", { int8: { ...int8, speedup: 1.2 } }, "fp32", /1\.2 times/],
    ["float32 where sums saturate", { int8: { ...int8, exact: false } }, "fp32", /saturate/],
    ["float32 on a graphics card", { device: "cuda" }, "fp32", /on cuda/],
    ["float32 in a browser", { int8: undefined }, "fp32", /browsers/],
  ] as const)("takes %s", (_, facts, dtype, reason) => {
    const choice = choosePrecision("auto", { ...LARGE, ...facts });
    expect(choice.dtype).toBe(dtype);
    expect(choice.reason).toMatch(reason);
  });
});

describe("q8", () => {
  test("is taken, slow or not, whatever the network's size", () => {
    const slow = { ...LARGE, weightsBytes: 1e6, int8: { ...int8, speedup: 0.9 } };
    expect(choosePrecision("q8", slow).dtype).toBe("q8");
  });

  test.each([
    ["without the instructions", { int8: { ...int8, exact: false } }, /saturate on this processor.*use dtype fp32/],
    ["on a graphics card", { device: "webgpu" }, /run on the CPU, and the network is on webgpu/],
    ["in a browser", { int8: undefined }, /not used in browsers/],
  ] as const)("is refused %s, with the reason", (_, facts, reason) => {
    const choose = () => choosePrecision("q8", { ...LARGE, ...facts });
    expect(choose).toThrow(CapabilityError);
    expect(choose).toThrow(reason);
  });
});

test("saturated sums are told from exact ones", () => {
  const [features, level, weight] = [64, 255, 127];
  const exact = features * level * weight;
  // AVX2 without VNNI adds two products in 16 bits.
  const saturated = (features / 2) * Math.min(2 ** 15 - 1, 2 * level * weight);
  expect(areExact(Float32Array.of(exact, exact * (1 + 1e-7)), exact)).toBe(true);
  expect(areExact(Float32Array.of(exact, saturated), exact)).toBe(false);
});

import { expect, test } from "vitest";
import { parameterShapes } from "../../network/parameters.ts";
import { configuredNetwork, parseTrainConfig } from "../config/train-config.ts";
import { parameterLayout } from "../optimizer/parameter-layout.ts";
import { initialValues } from "./initial-values.ts";

const config = parseTrainConfig("test", {
  network: { encoder: { dim: 64, depth: 2, heads: 2 }, decoder: { dim: 32, depth: 2, heads: 2 } },
  stages: [{ width: 32, height: 24, steps: 1 }],
});
const layout = parameterLayout(parameterShapes(configuredNetwork(config)));
const values = initialValues(layout, 1);
const of = (name: string) => {
  const { start, end } = layout.ranges.get(name)!;
  return [...values.subarray(start, end)];
};

test("norms start at one and zero, biases at zero", () => {
  expect(new Set(of("enc_blocks.0.norm1.weight"))).toEqual(new Set([1]));
  expect(new Set(of("dec_blocks.1.norm_y.weight"))).toEqual(new Set([1]));
  expect(new Set(of("dec_norm.bias"))).toEqual(new Set([0]));
  expect(new Set(of("enc_blocks.1.mlp.fc1.bias"))).toEqual(new Set([0]));
});

test("matrices fill Xavier's range evenly", () => {
  const weights = of("enc_blocks.0.mlp.fc1.weight"); // 256 × 64
  const bound = Math.sqrt(6 / (256 + 64));
  expect(Math.max(...weights)).toBeLessThanOrEqual(bound);
  expect(Math.max(...weights)).toBeGreaterThan(0.98 * bound);
  const meanSquare = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
  expect(meanSquare / (bound ** 2 / 3)).toBeCloseTo(1, 1);
});

test("the second decoder is a copy of the first, heads are drawn one by one", () => {
  expect(of("dec_blocks2.1.cross_attn.projk.weight")).toEqual(of("dec_blocks.1.cross_attn.projk.weight"));
  expect(of("downstream_head2.proj.weight")).not.toEqual(of("downstream_head1.proj.weight"));
  expect(of("enc_blocks.1.attn.qkv.weight")).not.toEqual(of("enc_blocks.0.attn.qkv.weight"));
});

test("a seed gives the same values again, another seed others", () => {
  const isSame = (other: Float32Array) => other.every((value, i) => value === values[i]);
  expect(isSame(initialValues(layout, 1))).toBe(true);
  expect(isSame(initialValues(layout, 2))).toBe(false);
});

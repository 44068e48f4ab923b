import { expect, test } from "vitest";
import { adamwState, adamwStep, clipGradient, gradientNorm } from "./adamw.ts";
import { parameterLayout } from "./parameter-layout.ts";

const layout = parameterLayout(
  new Map([
    ["weight", [2, 2]],
    ["bias", [2]],
  ]),
);

test("a first step goes by the learning rate against the gradient's sign; only matrices decay", () => {
  const values = Float32Array.of(1, 1, 1, 1, 1, 1);
  const gradient = Float32Array.of(5, -0.01, 0, 2, 3, 0);
  adamwStep(values, gradient, adamwState(layout), { layout, learningRate: 0.1, weightDecay: 0.5 });
  const expected = [0.85, 1.05, 0.95, 0.85, 0.9, 1];
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(expected[i]!, 5);
});

test("finds the minimum of a quadratic", () => {
  const values = Float32Array.of(3, -2, 1, 4, -1, 2);
  const state = adamwState(layout);
  for (let step = 0; step < 400; step++) {
    const gradient = values.map((value, i) => 2 * (i + 1) * (value - i));
    adamwStep(values, gradient, state, { layout, learningRate: 0.05 * (1 - step / 400), weightDecay: 0 });
  }
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(i, 2);
  expect(state.steps).toBe(400);
});

test("clipping shortens what is too long and nothing else", () => {
  const long = Float32Array.of(3, 4);
  expect(clipGradient(long, 1)).toBe(5);
  expect(gradientNorm(long)).toBeCloseTo(1, 6);
  const short = Float32Array.of(0.3, 0.4);
  expect(clipGradient(short, 1)).toBeCloseTo(0.5, 6);
  expect(short).toEqual(Float32Array.of(0.3, 0.4));
});

import { expect, test } from "vitest";
import { learningRate } from "./schedule.ts";

const schedule = { peak: 1e-4, final: 1e-6, warmup: 10, total: 110 };

test("rises linearly from zero, falls along half a cosine, and stays", () => {
  expect(learningRate(0, schedule)).toBe(0);
  expect(learningRate(5, schedule)).toBeCloseTo(5e-5, 12);
  expect(learningRate(10, schedule)).toBeCloseTo(1e-4, 12);
  expect(learningRate(60, schedule)).toBeCloseTo((1e-4 + 1e-6) / 2, 12);
  expect(learningRate(110, schedule)).toBeCloseTo(1e-6, 12);
  expect(learningRate(500, schedule)).toBeCloseTo(1e-6, 12);
});

test("no warm-up starts at the peak, and a schedule of nothing but warm-up ends there", () => {
  expect(learningRate(0, { ...schedule, warmup: 0 })).toBeCloseTo(1e-4, 12);
  expect(learningRate(110, { ...schedule, warmup: 110 })).toBeCloseTo(1e-4, 12);
});

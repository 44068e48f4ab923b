import { describe, expect, test } from "vitest";
import { gaussian, seededRandom } from "../../core/random.ts";
import { watchLoss } from "./loss-watch.ts";

/** The watch's verdicts on a loss `f` plus noise, over so many steps. */
function trends(steps: number, f: (step: number) => number): string[] {
  const watch = watchLoss();
  const random = seededRandom("losses");
  return Array.from({ length: steps }, (_, step) => watch(f(step) + 0.05 * gaussian(random)));
}

describe("no alarm", () => {
  test.each<[string, (step: number) => number]>([
    ["a loss that falls", (step) => 3 * Math.exp(-step / 300)],
    ["one that falls below zero", (step) => 0.5 - step / 1000],
    ["single outliers", (step) => (step % 50 === 49 ? 1000 : 1)],
    ["a plateau that is left upward by a little", (step) => (step < 500 ? 0.5 : 0.7)],
    ["a bad spell that passes", (step) => (step > 400 && step < 480 ? 100 : 0.5)],
  ])("%s", (_, loss) => {
    expect(trends(2000, loss)).not.toContain("exploded");
  });
});

test("an explosion is noticed at once and called so after a hundred steps", () => {
  const found = trends(1000, (step) => (step < 600 ? 0.5 : 50));
  expect(found.slice(0, 600)).not.toContain("high");
  expect(found.slice(600, 699).every((trend) => trend === "high")).toBe(true);
  expect(found[699]).toBe("exploded");
});

test("a loss that creeps up is measured against the best there was", () => {
  const found = trends(6000, (step) => 0.5 * 1.001 ** Math.max(0, step - 500));
  expect(found.indexOf("high")).toBeGreaterThan(1000);
  expect(found).toContain("exploded");
});

import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { isBeyondChance } from "./beyond-chance.ts";

test.each([
  { count: 200, byChance: 0.001, hypotheses: 50 },
  { count: 30, byChance: 0.05, hypotheses: 200 },
  { count: 2000, byChance: 0.02, hypotheses: 20 },
])("the best of many wrong models seldom passes: %o", ({ count, byChance, hypotheses }) => {
  const random = seededRandom(`chance ${count}`);
  const sampleSize = 3;
  let alarms = 0;
  for (let search = 0; search < 100; search++) {
    let best = 0;
    for (let model = 0; model < hypotheses; model++) {
      let inliers = sampleSize;
      for (let i = sampleSize; i < count; i++) if (random() < byChance) inliers++;
      best = Math.max(best, inliers);
    }
    if (isBeyondChance({ count, inliers: best, sampleSize, byChance, hypotheses })) alarms++;
  }
  expect(alarms).toBeLessThanOrEqual(3);
});

test("what explains all of the data passes, what explains only its own sample does not", () => {
  const finding = { count: 20, sampleSize: 3, byChance: 0.01, hypotheses: 1000 };
  expect(isBeyondChance({ ...finding, inliers: 20 })).toBe(true);
  expect(isBeyondChance({ ...finding, inliers: 3 })).toBe(false);
});

test("where chance explains anything nothing is beyond it", () => {
  const finding = { count: 20, inliers: 20, sampleSize: 3, hypotheses: 10 };
  for (const byChance of [1, 4, Number.POSITIVE_INFINITY, Number.NaN]) {
    expect(isBeyondChance({ ...finding, byChance })).toBe(false);
  }
});

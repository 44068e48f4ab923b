import { expect, test } from "vitest";
import type { FidelityMetrics } from "./compare-precisions.ts";
import { summarizeFidelity } from "./summary.ts";

const SAME = { median: 0, p99: 0 };
const PAIR: FidelityMetrics = {
  source: "photos",
  points: SAME,
  confidence: SAME,
  rotation_deg: 1,
  translation_deg: 2,
  inlier_share: 0.9,
  baseline: 0.2,
  pose_lost: false,
  focal: 0.01,
};

function figuresOf(...pairs: readonly Partial<FidelityMetrics>[]) {
  const measured = pairs.map((pair, i) => ({ id: String(i), metrics: { ...PAIR, ...pair }, seconds: 1 }));
  return (summarizeFidelity(measured).figures as { photos: Record<"median" | "worst", object> }).photos;
}

test("a pose that float32 itself finds doubtful is counted, and its flip is nobody's error", () => {
  const flipped = { rotation_deg: 131, translation_deg: 141, inlier_share: 0.07 };
  expect(figuresOf({}, flipped).worst).toMatchObject({ rotation_deg: 1, translation_deg: 2, poses_doubtful: 1 });
  expect(figuresOf(flipped).worst).toMatchObject({ rotation_deg: null, translation_deg: null, poses_doubtful: 1 });
});

test("a pose that is well supported and flips is an error, and so is one that is lost", () => {
  expect(figuresOf({}, { rotation_deg: 131 }).worst).toMatchObject({ rotation_deg: 131, poses_doubtful: 0 });
  const lost = { rotation_deg: null, translation_deg: null, pose_lost: true };
  expect(figuresOf({}, lost).worst).toMatchObject({ rotation_deg: 1, poses_lost: 1, poses_doubtful: 0 });
});

test("cameras on nearly one spot have a rotation and no direction", () => {
  const turned = { rotation_deg: 3, translation_deg: 90, baseline: 0.001 };
  expect(figuresOf({}, turned).worst).toMatchObject({ rotation_deg: 3, translation_deg: 2, poses_doubtful: 0 });
});

test("a pair without a pose in float32 has none to compare", () => {
  const none = { rotation_deg: null, translation_deg: null, inlier_share: null, baseline: null };
  expect(figuresOf(none, {}).median).toMatchObject({ rotation_deg: 1, poses_doubtful: 1 });
});

import { expect, test } from "vitest";
import { expectGradients } from "../../../test/gradient-check.ts";
import { runGraph } from "../../../test/run-graph.ts";
import { seededRandom } from "../../core/random.ts";
import { unprojectDepth } from "../../geometry/camera.ts";
import { transformPoints } from "../../geometry/pose.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { constant, input } from "../../tensor/tensor.ts";
import { pairBatch, type TrainingView } from "../batches/pair-batch.ts";
import { attentionLoss, matchingLoss } from "./matching-loss.ts";

/** A wall at depth 8, seen by a camera that stands `side` units to the right. */
function wallView(side: number): TrainingView {
  const size = { width: 8, height: 4 };
  const intrinsics = { fx: 8, fy: 8, cx: 3.5, cy: 1.5 };
  const worldFromCam = Float64Array.of(1, 0, 0, side, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);
  return {
    ...size,
    image: new Float32Array(96),
    points: Float32Array.from(
      transformPoints(worldFromCam, unprojectDepth(new Float32Array(32).fill(8), size, intrinsics)),
    ),
    valid: new Uint8Array(32).fill(1),
    worldFromCam,
    intrinsics,
  };
}

const CONFIG = { patchSize: 2, head: { kind: "linear" } } as NetworkConfig;

test("patches that show the same part of a wall correspond, those out of the partner's frame to none", () => {
  // Two units at depth 8 are two pixels, one patch: what view 1 has in column c, view 2 has in column c - 1.
  const { shares } = pairBatch([[wallView(0), wallView(2)]], CONFIG, { matching: true });
  expect(shares!.shape).toEqual([2, 8, 8]);
  for (let patch = 0; patch < 8; patch++) {
    const [left, right] = [0, 1].map((image) => [
      ...shares!.data.slice((8 * image + patch) * 8, (8 * image + patch + 1) * 8),
    ]);
    const row = (at: number, there: boolean) => Array.from({ length: 8 }, (_, i) => (there && i === at ? 1 : 0));
    expect(left).toEqual(row(patch - 1, patch % 4 > 0));
    expect(right).toEqual(row(patch + 1, patch % 4 < 3));
  }
});

test("what is hidden or not measured corresponds to nothing", () => {
  const [first, second] = [wallView(0), wallView(0)];
  second.points[2] = 4;
  second.valid[5] = 0;
  const { shares } = pairBatch([[first, second]], CONFIG, { matching: true });
  // Three of four pixels of patches 0 and 2 are left.
  expect([0, 1, 2, 3].map((patch) => shares!.data[patch * 8 + patch])).toEqual([0.75, 1, 0.75, 1]);
});

test("the loss is that of guessing for equal tokens and vanishes for distinct ones", async () => {
  const shares = { shape: [2, 3, 3], data: Float32Array.of(1, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0) };
  const loss = matchingLoss(input("tokens", [6, 4]), input("shares", [2, 3, 3]));
  const of = async (data: Float32Array) => {
    return (await runGraph({ loss }, { tokens: { shape: [6, 4], data }, shares })).loss![0]!;
  };
  expect(await of(new Float32Array(24).fill(1))).toBeCloseTo(Math.log(3), 5);
  const distinct = Float32Array.from({ length: 24 }, (_, i) => (i % 4 === Math.floor(i / 4) % 3 ? 4 : 0));
  expect(await of(distinct)).toBeLessThan(1e-6);
});

test("its gradient is that of finite differences", async () => {
  const random = seededRandom("matching");
  const shares = constant(
    Float32Array.from({ length: 32 }, () => random() / 4),
    [2, 4, 4],
  );
  await expectGradients([[8, 5]], (tokens) => matchingLoss(tokens, shares), { random });
});

test("the loss of attention is that of its first head alone, and looks where the keys are", async () => {
  const shares = constant(Float32Array.of(0, 1, 0, 1, 0, 0, 0, 0, 0), [1, 3, 3]);
  const [queries, keys] = [input("queries", [3, 4]), input("keys", [3, 4])];
  const loss = attentionLoss({ queries, keys }, 2, shares);
  const of = async (q: readonly number[], k: readonly number[]) => {
    const feeds = {
      queries: { shape: [3, 4], data: Float32Array.from(q) },
      keys: { shape: [3, 4], data: Float32Array.from(k) },
    };
    return (await runGraph({ loss }, feeds)).loss![0]!;
  };
  const keysApart = [9, 0, 1, 2, 0, 9, 3, 4, -9, -9, 5, 6];
  expect(await of([0, 0, 7, 7, 0, 0, 8, 8, 0, 0, 9, 9], keysApart)).toBeCloseTo(Math.log(3), 5);
  expect(await of([0, 9, 7, 7, 9, 0, 8, 8, 0, 0, 9, 9], keysApart)).toBeLessThan(1e-6);
  expect(await of([9, 0, 7, 7, 0, 9, 8, 8, 0, 0, 9, 9], keysApart)).toBeGreaterThan(10);
});

test("the gradient of the loss of attention is that of finite differences", async () => {
  const random = seededRandom("attention");
  const shares = constant(
    Float32Array.from({ length: 32 }, () => random() / 4),
    [2, 4, 4],
  );
  await expectGradients(
    [
      [8, 6],
      [8, 6],
    ],
    (queries, keys) => attentionLoss({ queries, keys }, 2, shares),
    { random },
  );
});

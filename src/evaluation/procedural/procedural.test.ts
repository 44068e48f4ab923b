import { describe, expect, test } from "vitest";
import { oracleNetwork } from "../../../test/oracle-network.ts";
import { trainingScene } from "../../training/batches/procedural-series.ts";
import { VALIDATION_SEED } from "../../training/objectives/validation.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { findConstantAnswer } from "./constant-answer.ts";
import { proceduralItems } from "./procedural-benchmark.ts";
import { EVALUATION_SEED, proceduralPairs } from "./procedural-pairs.ts";
import { summarizeProcedural } from "./summary.ts";

const series = { seed: EVALUATION_SEED, pairsPerScene: 2, width: 64, height: 48 };
const plan = { size: 64, patchSize: 16 } as const;

/** An oracle for the photos of the first pairs, in which the sky is a far wall. */
function knowing(pairs: number): EvaluatedNetwork {
  const draw = proceduralPairs(series);
  const photos = Array.from({ length: pairs }, (_, k) => {
    return draw(k).views.map(({ depth, ...photo }, view) => {
      const farthest = depth.reduce((most, z) => Math.max(most, z), 1);
      const filled = { ...photo, depth: depth.map((z) => (z > 0 ? z : farthest)) };
      return [`scene ${Math.floor(k / 2)} pair ${k % 2}-${view}`, filled] as const;
    });
  });
  return { plan, network: oracleNetwork(new Map(photos.flat())) };
}

describe("procedural pairs", () => {
  test("are the same whatever was drawn before", () => {
    const [first, second] = [proceduralPairs(series), proceduralPairs(series)];
    first(0);
    expect(first(1)).toEqual(second(1));
  });

  test("are of the size of the network's photos and show each other", () => {
    const { views, overlap } = proceduralPairs(series)(0);
    expect(views.map(({ width, height }) => [width, height])).toEqual([
      [64, 48],
      [64, 48],
    ]);
    expect(overlap).toBeGreaterThan(0);
  });

  test("are of scenes that are not trained on", () => {
    const { views } = proceduralPairs(series)(0);
    const validation = { seed: VALIDATION_SEED, width: 64, height: 48, views: 6, portrait: 0 };
    expect(trainingScene(validation, 0).views[0]!.rgb).not.toEqual(views[0].rgb);
  });
});

test("an oracle network is right, and a constant is not", async () => {
  const items = proceduralItems(knowing(4), { scenes: 2, pairs: 4 });
  expect(items.map(({ id }) => id)).toEqual(["scene 0 pair 0", "scene 0 pair 1", "scene 1 pair 0", "scene 1 pair 1"]);
  const measured = [];
  for (const { id, evaluate } of items) {
    const { metrics, pictures } = await evaluate();
    expect(pictures().length).toBe(6);
    measured.push({ id, metrics, seconds: 1 });
  }
  const { figures, tables } = summarizeProcedural(measured);
  const { network, pose, constant } = figures as Record<string, Record<string, number>>;
  expect(network).toMatchObject({ pairs: 4, rra15: 1, rta15: 1 });
  expect(network!.point_error).toBeLessThan(1e-5);
  expect(network!.abs_rel).toBeLessThan(0.05);
  expect(network!.focal_error).toBeLessThan(0.05);
  expect(pose).toMatchObject({ rra15: 1, rta15: 1 });
  expect(constant!.point_error).toBeGreaterThan(0.1);
  expect(constant!.maa30).toBeLessThan(0.5);
  expect(tables[0]!.rows.map(([name]) => name)).toEqual(["the network", "the network, `pose`", "a constant"]);
});

test("the constant answer is of the size of scenes", () => {
  const answer = findConstantAnswer();
  expect(answer.focal).toBeGreaterThan(0.6);
  expect(answer.focal).toBeLessThan(3);
  const depth = answer.depth.depth;
  const row = (y: number) => depth.subarray(32 * y, 32 * (y + 1)).reduce((sum, z) => sum + z, 0) / 32;
  // What is near lies at the bottom of most photos.
  expect(row(23)).toBeLessThan(row(4));
});

import { expect, test } from "vitest";
import { expectGradients } from "../../../test/gradient-check.ts";
import { runGraph } from "../../../test/run-graph.ts";
import { seededRandom } from "../../core/random.ts";
import { constant, input } from "../../tensor/tensor.ts";
import { attentionLoss, matchingLoss } from "./matching-loss.ts";

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

test("the loss of attention is that of its first head alone, by its queries and keys", async () => {
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

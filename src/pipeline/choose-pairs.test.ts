import { expect, test } from "vitest";
import type { View } from "../core/view.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import { choosePairs } from "./choose-pairs.ts";

/** A view's features are the numbers of its name: `x,y`. */
const network = {
  checkpoint: { name: "reading", hash: "", config: { encoder: { dim: 2 } } },
  dtype: "fp32",
  encode: async (views: readonly View[]) =>
    views.map(({ name, width, height }) => ({ width, height, features: Float32Array.from(name.split(","), Number) })),
} as unknown as PairInference;

const views = ["9,1", "1,9", "9,2", "2,9", "8,1"].map((name) => ({ name, hash: name, width: 1, height: 1 }) as View);

test("each with those most like it, in both orders, and the places joined", async () => {
  const stages: string[] = [];
  const { pairs } = await choosePairs(
    network,
    views,
    { kind: "retrieval", partners: 1 },
    { onProgress: ({ stage, done, total }) => stages.push(`${stage} ${done}/${total}`) },
  );
  const texts = pairs.map(({ view1, view2 }) => `${view1}-${view2}`);
  expect(texts).toContain("1-3");
  expect(texts).toContain("3-1");
  expect(new Set(texts).size).toBe(texts.length);
  // Three photos of one place, two of the other: four edges join them.
  expect(texts).toHaveLength(8);
  expect(stages.at(-1)).toBe("encode 5/5");
});

test("no more photos than partners: all with all, without encoding", async () => {
  const blind = { ...network, encode: () => Promise.reject(new Error("looked")) } as PairInference;
  expect((await choosePairs(blind, views, { kind: "retrieval", partners: 4 })).pairs).toHaveLength(20);
  expect((await choosePairs(blind, views, { kind: "auto" })).pairs).toHaveLength(20);
  expect((await choosePairs(blind, views, { kind: "star", center: 0 })).pairs).toHaveLength(8);
  await expect(choosePairs(blind, views, { kind: "retrieval", partners: 0 })).rejects.toThrow(
    /a retrieval of 0: a positive integer/,
  );
});

test("an abort stops it", async () => {
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(choosePairs(network, views, { kind: "retrieval", partners: 1 }, { signal })).rejects.toThrow("stopped");
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { ProgressEvent } from "../core/progress.ts";
import type { Size, View, ViewPair } from "../core/view.ts";
import { makePairs } from "../pairs/make-pairs.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { type InferOptions, inferPairs } from "./infer-pairs.ts";
import type { PairInference } from "./pair-inference.ts";
import type { EncodedView } from "./pair-network.ts";
import { pairKey } from "./prediction-cache.ts";

const checkpoint = { name: "fake", hash: "a".repeat(64) } as Checkpoint;

/** A network whose predictions tell which views they came from, and which counts its calls. */
class CountingNetwork implements PairInference {
  readonly checkpoint = checkpoint;
  readonly dtype = "fp32";
  readonly encoded: string[] = [];
  readonly decoded: string[] = [];
  /** What it predicts instead of a number for pairs of this key. */
  damage: { readonly pair: string; readonly value: number } | undefined;

  async encode(views: readonly View[]): Promise<readonly EncodedView[]> {
    expect(new Set(views.map(({ width, height }) => `${width}x${height}`)).size).toBe(1);
    this.encoded.push(...views.map(({ name }) => name));
    return views.map(({ width, height, rgb }) => ({ width, height, features: Float32Array.of(rgb[0]! / 10) }));
  }

  async decode(pair: ViewPair, encoded1: EncodedView, encoded2: EncodedView): Promise<PairPrediction> {
    const read = ({ width, height, features }: EncodedView) => [{ width, height }, features[0]] as const;
    const [[size1, a], [size2, b]] = [read(encoded1), read(encoded2)];
    const key = `${pair.view1}-${pair.view2}`;
    this.decoded.push(key);
    const map = (size: Size, channels: number, value: number) =>
      new Float32Array(size.width * size.height * channels).map((_, i) => value + i);
    const confidence2 = map(size2, 1, 1 + b!);
    if (this.damage?.pair === key) confidence2[confidence2.length - 1] = this.damage.value;
    const pointmap2 = map(size2, 3, a! - b!);
    return {
      ...pair,
      size1,
      size2,
      pointmap1: map(size1, 3, a!),
      confidence1: map(size1, 1, 1),
      pointmap2,
      confidence2,
    };
  }
}

function fakeViews(count: number): View[] {
  return Array.from({ length: count }, (_, i): View => {
    const size = { width: 2 + (i % 2), height: 3 };
    const originalFromNetwork = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
    const rgb = Uint8Array.of(i);
    return { name: `${i}.jpg`, ...size, rgb, original: size, originalFromNetwork, hash: `${i}`.padEnd(64, "x") };
  });
}

class MemoryStore implements BlobStore {
  readonly blobs = new Map<string, Uint8Array>();
  /** Keys that are there but cannot be read any more. */
  readonly damaged = new Set<string>();
  has = async (key: string) => this.blobs.has(key);
  get = async (key: string) => (this.damaged.has(key) ? undefined : this.blobs.get(key));
  put = async (key: string, bytes: Uint8Array) => {
    this.blobs.set(key, bytes);
  };
}

async function all(network: PairInference, views: readonly View[], pairs: readonly ViewPair[], options?: InferOptions) {
  const predictions: PairPrediction[] = [];
  for await (const prediction of inferPairs(network, views, pairs, options)) predictions.push(prediction);
  return predictions;
}

const sorted = (names: readonly string[]) => [...names].sort();

describe("inferPairs", () => {
  test("encodes each view that a pair needs once, decodes each pair once, in the given order", async () => {
    const someGraph = fc.integer({ min: 2, max: 6 }).chain((count) => {
      const graph = makePairs(count, { kind: "complete" });
      return fc.record({ count: fc.constant(count), pairs: fc.shuffledSubarray(graph, { minLength: 1 }) });
    });
    await fc.assert(
      fc.asyncProperty(someGraph, async ({ count, pairs }) => {
        const network = new CountingNetwork();
        const predictions = await all(network, fakeViews(count), pairs);
        const needed = new Set(pairs.flatMap(({ view1, view2 }) => [`${view1}.jpg`, `${view2}.jpg`]));
        expect(sorted(network.encoded)).toEqual(sorted([...needed]));
        expect(network.decoded).toEqual(pairs.map(({ view1, view2 }) => `${view1}-${view2}`));
        expect(predictions.map(({ view1, view2 }) => ({ view1, view2 }))).toEqual(pairs);
        for (const { view1, view2, pointmap1, pointmap2 } of predictions) {
          expect(pointmap1[0]).toBeCloseTo(view1 / 10);
          expect(pointmap2[0]).toBeCloseTo((view1 - view2) / 10);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("pairs a lone view with itself", async () => {
    const network = new CountingNetwork();
    expect(await all(network, fakeViews(1), makePairs(1, { kind: "complete" }))).toHaveLength(1);
    expect([network.encoded, network.decoded]).toEqual([["0.jpg"], ["0-0"]]);
  });

  test("has the network work on the next pair while one is used, and on no other", async () => {
    const network = new CountingNetwork();
    const pairs = makePairs(3, { kind: "complete" });
    let used = 0;
    for await (const { view1, view2 } of inferPairs(network, fakeViews(3), pairs)) {
      expect(pairs[used++]).toEqual({ view1, view2 });
      await expect.poll(() => network.decoded.length).toBe(Math.min(used + 1, pairs.length));
    }
    expect(used).toBe(pairs.length);
  });

  test("stops working when its consumer stops", async () => {
    const network = new CountingNetwork();
    let used = 0;
    for await (const _ of inferPairs(network, fakeViews(3), makePairs(3, { kind: "complete" })))
      if (++used === 2) break;
    expect(network.decoded).toHaveLength(3);
  });

  test("what fails ahead of a consumer that stops is of no interest", async () => {
    const network = new CountingNetwork();
    const views = fakeViews(3);
    const pairs = makePairs(3, { kind: "complete" });
    network.damage = { pair: `${pairs[1]!.view1}-${pairs[1]!.view2}`, value: Number.NaN };
    for await (const _ of inferPairs(network, views, pairs)) break;
    expect(network.decoded).toHaveLength(2);
  });

  test("stops when it is aborted, with the signal's reason", async () => {
    const network = new CountingNetwork();
    const controller = new AbortController();
    const onProgress = ({ stage, done }: ProgressEvent) => {
      if (stage === "decode" && done === 2) controller.abort(new Error("enough"));
    };
    const run = all(network, fakeViews(3), makePairs(3, { kind: "complete" }), {
      onProgress,
      signal: controller.signal,
    });
    await expect(run).rejects.toThrow("enough");
    expect(network.decoded).toHaveLength(3);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "refuses %d, naming weights and photos, and keeps none of it",
    async (value) => {
      const network = new CountingNetwork();
      const store = new MemoryStore();
      network.damage = { pair: "2-1", value };
      const views = fakeViews(3);
      const failure = await all(network, views, makePairs(3, { kind: "complete" }), { store }).catch((e) => e);
      expect(failure).toBeInstanceOf(InputError);
      await expect.poll(() => network.decoded.length - store.blobs.size).toBe(1);
      expect(failure.message).toMatch(new RegExp(`fake gives ${value} for 2.jpg and 1.jpg: the weights are damaged`));
      expect(await store.has(pairKey(network, views[2]!, views[1]!))).toBe(false);
    },
  );

  test("reports each encoded view and each decoded pair", async () => {
    const events: ProgressEvent[] = [];
    await all(new CountingNetwork(), fakeViews(2), makePairs(2, { kind: "complete" }), {
      onProgress: (e) => events.push(e),
    });
    expect(events.map(({ stage, done, total }) => `${stage} ${done}/${total}`)).toEqual([
      ...["encode 1/2", "encode 2/2", "decode 1/2", "decode 2/2"],
    ]);
  });
});

describe("with a store", () => {
  const views = fakeViews(3);
  const pairs = makePairs(3, { kind: "complete" });

  /** A store that an earlier run filled, and what that run gave. */
  async function filledStore() {
    const store = new MemoryStore();
    return { store, predictions: await all(new CountingNetwork(), views, pairs, { store }) };
  }

  test("finished pairs cost nothing and give the same numbers", async () => {
    const { store, predictions } = await filledStore();
    const network = new CountingNetwork();
    const events: ProgressEvent[] = [];
    const again = await all(network, views, pairs, { store, onProgress: (event) => events.push(event) });
    expect(again).toEqual(predictions);
    expect([network.encoded, network.decoded]).toEqual([[], []]);
    expect(events.at(-1)).toMatchObject({ stage: "decode", done: 6, total: 6, reused: 6 });
  });

  test("they are found under other indices too", async () => {
    const { store } = await filledStore();
    const network = new CountingNetwork();
    const [only] = await all(network, [views[2]!, views[0]!], [{ view1: 0, view2: 1 }], { store });
    expect(network.decoded).toEqual([]);
    expect(only).toMatchObject({ view1: 0, view2: 1, size1: { width: 2, height: 3 } });
    expect(only!.pointmap1[0]).toBeCloseTo(0.2);
  });

  test("only what is missing or damaged is computed", async () => {
    const { store, predictions } = await filledStore();
    const key = ({ view1, view2 }: ViewPair) => pairKey({ checkpoint, dtype: "fp32" }, views[view1]!, views[view2]!);
    store.blobs.delete(key({ view1: 0, view2: 1 }));
    store.damaged.add(key({ view1: 2, view2: 1 }));
    const network = new CountingNetwork();
    const reused: (number | undefined)[] = [];
    const again = await all(network, views, pairs, { store, onProgress: (event) => reused.push(event.reused) });
    expect(again).toEqual(predictions);
    expect(sorted(network.decoded)).toEqual(["0-1", "2-1"]);
    expect(sorted(network.encoded)).toEqual(["0.jpg", "1.jpg", "2.jpg"]);
    expect(reused.at(-1)).toBe(4);
  });

  test("a key changes with the weights, the precision, either photo and their order", () => {
    const [a, b] = [views[0]!, views[1]!];
    const other = { ...checkpoint, hash: "b".repeat(64) };
    const keys = [
      pairKey({ checkpoint, dtype: "fp32" }, a, b),
      pairKey({ checkpoint, dtype: "fp32" }, b, a),
      pairKey({ checkpoint, dtype: "fp32" }, a, a),
      pairKey({ checkpoint, dtype: "fp16" }, a, b),
      pairKey({ checkpoint: other, dtype: "fp32" }, a, b),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});

import { expect, test } from "vitest";
import type { BlobStore } from "../core/blob-store.ts";
import type { View } from "../core/view.ts";
import { describeView, pooledFeatures } from "./describe-view.ts";
import { keepEncodings } from "./keep-encodings.ts";
import type { PairInference } from "./pair-inference.ts";

/** A network whose features are a view's width and height, twice, and which counts its calls. */
function countingNetwork(): { readonly network: PairInference; readonly asked: string[] } {
  const asked: string[] = [];
  const network = {
    checkpoint: { name: "counting", hash: "c0ffee", config: { encoder: { dim: 2 } } },
    dtype: "fp32",
    encode: async (views: readonly View[]) =>
      views.map(({ width, height, hash }) => {
        asked.push(hash);
        return { width, height, features: Float32Array.of(width, height, width + 2, height + 4) };
      }),
  } as unknown as PairInference;
  return { network, asked };
}

const view = (hash: string, width = 4) => ({ hash, width, height: 3 }) as View;

function memoryStore(): BlobStore {
  const blobs = new Map<string, Uint8Array>();
  return {
    has: async (key) => blobs.has(key),
    get: async (key) => blobs.get(key),
    put: async (key, bytes) => {
      blobs.set(key, bytes);
    },
  };
}

test("a descriptor is the mean over the tokens", () => {
  expect([...pooledFeatures(Float32Array.of(1, 2, 3, 5, 6, 7), 3)]).toEqual([3, 4, 5]);
});

test("a view is described once; other views, weights or damaged bytes are described anew", async () => {
  const { network, asked } = countingNetwork();
  const store = memoryStore();
  expect([...(await describeView(network, view("a"), store))]).toEqual([5, 5]);
  expect([...(await describeView(network, view("a"), store))]).toEqual([5, 5]);
  expect(asked).toEqual(["a"]);
  await describeView(network, view("b"), store);
  const other = { ...network, checkpoint: { ...network.checkpoint, hash: "other" } };
  await describeView(other, view("a"), store);
  expect(asked).toEqual(["a", "b", "a"]);
  const cut: BlobStore = { ...store, get: async () => new Uint8Array(3) };
  expect([...(await describeView(network, view("a"), cut))]).toEqual([5, 5]);
});

test("views are encoded once, whatever they are asked for together with, until they are forgotten", async () => {
  const { network, asked } = countingNetwork();
  const keeping = keepEncodings(network, { views: 2 });
  const [a, b] = await keeping.encode([view("a"), view("b", 8)]);
  expect([a!.width, b!.width]).toEqual([4, 8]);
  expect(await keeping.encode([view("b", 8), view("a")])).toEqual([b, a]);
  expect(asked).toEqual(["a", "b"]);
  await keeping.encode([view("c")]);
  await keeping.encode([view("a")]);
  expect(asked).toEqual(["a", "b", "c"]);
  await keeping.encode([view("b", 8)]);
  expect(asked).toEqual(["a", "b", "c", "b"]);
  keeping.forget();
  await keeping.encode([view("b", 8)]);
  expect(asked).toEqual(["a", "b", "c", "b", "b"]);
  const inBytes = keepEncodings(network, { bytes: 2 * a!.features.byteLength });
  for (const name of ["a", "d", "a", "e", "d"]) await inBytes.encode([view(name)]);
  expect(asked.slice(5)).toEqual(["a", "d", "e", "d"]);
});

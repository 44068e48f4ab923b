import { expect, test } from "vitest";
import { randomFeatures } from "../../test/random-features.ts";
import type { BlobStore } from "../core/blob-store.ts";
import { seededRandom } from "../core/random.ts";
import { identityPose } from "../geometry/pose.ts";
import type { ComparedPhoto } from "../refinement/compare-photos.ts";
import { storedPairs } from "./stored-pairs.ts";

function memoryStore(): BlobStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    has: async (key) => kept.has(key),
    get: async (key) => kept.get(key),
    put: async (key, bytes) => void kept.set(key, bytes),
  };
}

const photo = (seed: string): ComparedPhoto => ({
  features: randomFeatures(seededRandom(seed), 50),
  intrinsics: { fx: 400, fy: 400, cx: 199.5, cy: 149.5 },
  focal: { focal: 400, logSigma: 0.3 },
  camera: 0,
  worldFromCam: identityPose(),
  component: 0,
  depths: Float32Array.from({ length: 50 }, (_, i) => 1 + i),
  noise: 1,
});
const photos = ["a", "b", "c"].map(photo);
const pair = {
  photo1: 0,
  photo2: 1,
  verdict: "verified" as const,
  cam2FromCam1: identityPose().map((x, i) => x + 0.1 * i),
  focal1: 410.5,
  focal2: 399.25,
  focalSigma: 0.05,
  matches: Uint32Array.of(3, 4, 49, 0),
};

test("pairs are kept with what was found of them, or that nothing was", async () => {
  const memory = await storedPairs(memoryStore(), photos);
  await memory.keep(0, 1, pair);
  await memory.keep(0, 2, null);
  expect(await memory.recall(0, 1)).toEqual(pair);
  expect(await memory.recall(0, 2)).toBeNull();
  expect(await memory.recall(1, 2)).toBeUndefined();
});

test("a pair is not known any more when anything differs that it depends on", async () => {
  const store = memoryStore();
  await (await storedPairs(store, photos)).keep(0, 1, pair);
  const changed: Partial<Record<string, Partial<ComparedPhoto>>> = {
    features: { features: photo("d").features },
    intrinsics: { intrinsics: { fx: 401, fy: 400, cx: 199.5, cy: 149.5 } },
    "focal length": { focal: { focal: 400, logSigma: 0.1 } },
    camera: { camera: 1 },
    pose: { worldFromCam: identityPose().map((x) => 2 * x) },
    depth: { depths: new Float32Array(50).fill(1) },
  };
  for (const [name, change] of Object.entries(changed)) {
    const others = [photos[0]!, { ...photos[1]!, ...change }, photos[2]!];
    expect(await (await storedPairs(store, others)).recall(0, 1), name).toBeUndefined();
  }
  expect(await (await storedPairs(store, photos, 1)).recall(0, 1)).toBeUndefined();
  expect(await (await storedPairs(store, photos)).recall(0, 1)).toEqual(pair);
});

test("what is no pair of these photos is not believed", async () => {
  const store = memoryStore();
  const memory = await storedPairs(store, photos);
  await memory.keep(0, 1, pair);
  const [key] = store.kept.keys();
  const json = JSON.parse(new TextDecoder().decode(store.kept.get(key!)));
  const broken = [
    { ...json, matches: [[50, 0]] },
    { ...json, matches: [[0.5, 0]] },
    { ...json, focal1: -1 },
    { ...json, cam2FromCam1: [1] },
    { ...json, verdict: "sure" },
    {},
    "text",
  ];
  for (const content of [...broken.map((value) => JSON.stringify(value)), "{", ""]) {
    store.kept.set(key!, new TextEncoder().encode(content));
    expect(await memory.recall(0, 1), content).toBeUndefined();
  }
});

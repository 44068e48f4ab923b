import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blobPicture, randomBlobs } from "../../test/blob-picture.ts";
import type { BlobStore } from "../core/blob-store.ts";
import type { ProgressEvent } from "../core/progress.ts";
import { seededRandom } from "../core/random.ts";
import { loadViews } from "../images/load-views.ts";
import { type PhotoOfView, photoFeatures } from "./stored-features.ts";

const SIZE = { width: 160, height: 120 };
let folder: string;
let photos: PhotoOfView[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-features-"));
  const files = ["a.png", "b.png"].map((name) => join(folder, name));
  for (const file of files) {
    const { rgb } = blobPicture(randomBlobs(seededRandom(file.slice(-5)), 60, SIZE), SIZE);
    await sharp(rgb, { raw: { ...SIZE, channels: 3 } }).toFile(file);
  }
  const views = await loadViews(files, { size: 64, patchSize: 16 });
  photos = views.map((view, i) => ({ view, file: files[i]! }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function memoryStore(kept = new Map<string, Uint8Array>()): BlobStore & { readonly kept: Map<string, Uint8Array> } {
  return {
    kept,
    has: async (key) => kept.has(key),
    get: async (key) => kept.get(key),
    put: async (key, bytes) => void kept.set(key, bytes),
  };
}

/** Runs and says how many photos' features were taken over. */
async function run(store: BlobStore, featureSize?: number) {
  const events: ProgressEvent[] = [];
  const features = await photoFeatures(photos, { store, featureSize, onProgress: (event) => events.push(event) });
  return { features, last: events.at(-1)! };
}

test("features are kept by photo and size, and found again as they were", async () => {
  const store = memoryStore();
  const first = await run(store);
  expect(first.last).toMatchObject({ stage: "features", done: 2, total: 2, reused: 0 });
  expect(first.features[0]!.count).toBeGreaterThan(20);
  expect(store.kept.size).toBe(2);
  const second = await run(store);
  expect(second.last).toMatchObject({ done: 2, total: 2, reused: 2 });
  expect(second.features).toEqual(first.features);
  // Another size of the photos, and one of them damaged.
  const [key] = store.kept.keys();
  store.kept.set(key!, store.kept.get(key!)!.subarray(0, 100));
  expect((await run(store)).last.reused).toBe(1);
  expect((await run(store, 100)).last.reused).toBe(0);
  expect(store.kept.size).toBe(4);
});

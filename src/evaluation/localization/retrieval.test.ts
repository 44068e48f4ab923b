import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderStore } from "#platform";
import { writePhoto } from "../../../test/room-photos.ts";
import type { View } from "../../core/view.ts";
import type { PairInference } from "../../inference/infer-pairs.ts";
import type { MapPhoto } from "../../maps/posed-map.ts";
import type { LocalizationScene, QueryPhoto } from "./localization-scene.ts";
import { retrievalByEncoder } from "./retrieval.ts";

/** What the encoder says of each photo. */
const SAYS: Readonly<Record<string, readonly number[]>> = {
  "query.png": [9, 2],
  "east.png": [9, 1],
  "north.png": [1, 9],
  "south.png": [1, -9],
  "north-east.png": [7, 7],
};
const [QUERY, ...MAP] = Object.keys(SAYS) as [string, ...string[]];

let folder: string;
let encoded: string[] = [];
const network = {
  checkpoint: { name: "", hash: "", config: { encoder: { dim: 2 } } },
  dtype: "fp32",
  encode: async (views: readonly View[]) =>
    views.map(({ name, width, height }) => {
      encoded.push(name);
      return { width, height, features: Float32Array.from(SAYS[name]!) };
    }),
} as unknown as PairInference;
const evaluated = { network, plan: { size: 32, patchSize: 16 } };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-retrieval-"));
  for (const name of Object.keys(SAYS)) await writePhoto(join(folder, name), { width: 32, height: 32 });
});
afterAll(() => rm(folder, { recursive: true }));

const query = { name: QUERY, path: "" } as QueryPhoto;
const scene: LocalizationScene = {
  name: "place",
  queries: [],
  mapPhotos: async () => MAP.map((name) => ({ name, path: join(folder, name) })),
  mapPhoto: async (name) => ({ name }) as MapPhoto,
};
const ask = (retrieve: ReturnType<typeof retrievalByEncoder>, count: number) =>
  retrieve({ ...query, path: join(folder, QUERY) }, scene, count);

test("the most alike first; the map is looked at once, and told of", async () => {
  encoded = [];
  const told: string[] = [];
  const onProgress = ({ done, total, item }: { done: number; total: number; item?: string }) =>
    told.push(`${done}/${total} ${item}`);
  const retrieve = retrievalByEncoder(evaluated, { onProgress });
  const found = await ask(retrieve, 3);
  expect(found.map(({ name }) => name)).toEqual(["east.png", "north-east.png", "south.png"]);
  expect(await ask(retrieve, 1)).toEqual(found.slice(0, 1));
  expect(encoded.sort()).toEqual([...MAP, QUERY, QUERY].sort());
  expect(told.at(-1)).toBe("4/4 place/north-east.png");
});

test("what the store has of a map is not looked at again", async () => {
  const store = folderStore(join(folder, "store"));
  const first = await ask(retrievalByEncoder(evaluated, { store }), 4);
  encoded = [];
  expect(await ask(retrievalByEncoder(evaluated, { store }), 4)).toEqual(first);
  expect(encoded).toEqual([QUERY]);
});

test("an abort stops it", async () => {
  const signal = AbortSignal.abort(new Error("stopped"));
  await expect(ask(retrievalByEncoder({ ...evaluated, signal }, {}), 1)).rejects.toThrow("stopped");
});

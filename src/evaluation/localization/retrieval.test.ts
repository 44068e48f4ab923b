import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderStore } from "#platform";
import { writePhoto } from "../../../test/room-photos.ts";
import type { View } from "../../core/view.ts";
import { loadView } from "../../images/load-views.ts";
import type { PairInference } from "../../inference/pair-inference.ts";
import type { PosedMap } from "../../maps/posed-map.ts";
import { EncodedMap } from "../../pipeline/encoded-map.ts";
import { type Retrieval, retrievalByEncoder } from "./retrieval.ts";

/** The descriptor of each photo. */
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

const mapAt = (place: string): PosedMap => ({
  units: "metres",
  photos: MAP.map((name) => ({ name, path: join(place, name) })),
  camera: () => Promise.reject(new Error("retrieval looks at photos alone")),
});
const names = (indices: readonly number[]) => indices.map((index) => MAP[index]!);
const ask = async (encodedMap: EncodedMap, retrieve: Retrieval, count: number) => {
  const query = await loadView(join(folder, QUERY), QUERY, evaluated.plan);
  return names(await retrieve({ query, scene: { name: "place" }, map: encodedMap }, count));
};

test("the most alike first; the map is encoded once, with progress", async () => {
  encoded = [];
  const told: string[] = [];
  const onProgress = ({ done, total, item }: { done: number; total: number; item?: string }) =>
    told.push(`${done}/${total} ${item}`);
  const [encodedMap, retrieve] = [new EncodedMap(mapAt(folder), evaluated), retrievalByEncoder({ onProgress })];
  const found = await ask(encodedMap, retrieve, 3);
  expect(found).toEqual(["east.png", "north-east.png", "south.png"]);
  expect(await ask(encodedMap, retrieve, 1)).toEqual(found.slice(0, 1));
  expect(encoded.filter((name) => name !== QUERY).sort()).toEqual([...MAP].sort());
  expect(told.at(-1)).toBe("4/4 north-east.png");
});

test("what the store has of a map is not encoded again", async () => {
  const store = folderStore(join(folder, "store"));
  const first = await ask(new EncodedMap(mapAt(folder), evaluated, store), retrievalByEncoder({}), 3);
  encoded = [];
  expect(await ask(new EncodedMap(mapAt(folder), evaluated, store), retrievalByEncoder({}), 3)).toEqual(first);
  expect(encoded).toEqual([QUERY]);
});

test("an abort stops it", async () => {
  const signal = AbortSignal.abort(new Error("stopped"));
  const encodedMap = new EncodedMap(mapAt(folder), evaluated);
  await expect(ask(encodedMap, retrievalByEncoder({ signal }), 1)).rejects.toThrow("stopped");
});

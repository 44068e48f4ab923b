import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { savePhoto, texture } from "../../test/cli/photos.ts";
import { seededRandom } from "../core/random.ts";
import type { View } from "../core/view.ts";
import type { PairInference } from "../inference/pair-inference.ts";
import { folderStore } from "../platform/node.ts";
import { type NamedPhoto, type PairSelection, selectMapPairs, selectPairs } from "./select-pairs.ts";

const DIM = 32;
const TOKENS = 12;
const NAMES = ["hall 1", "hall 2", "hall 3", "yard 1", "yard 2", "lookalike of yard"];

/** Gives a place's tokens with some noise; a lookalike has their mean and nothing else in common. */
function placeFeatures(name: string): Float32Array {
  const [place] = name.startsWith("lookalike") ? ["yard"] : name.split(" ");
  const [of, noise] = [seededRandom(place!), seededRandom(name)];
  const common = Float32Array.from({ length: DIM }, () => of() - 0.5);
  const own = name.startsWith("lookalike") ? noise : of;
  return Float32Array.from({ length: TOKENS * DIM }, (_, i) => {
    return 5 + 0.3 * common[i % DIM]! + 2 * (own() - 0.5) + 0.02 * (noise() - 0.5);
  });
}

let folder: string;
let photos: readonly NamedPhoto[];
let encoded: string[] = [];

const network = {
  checkpoint: { name: "places", hash: "places", config: { encoder: { dim: DIM } } },
  dtype: "fp32",
  encode: async (views: readonly View[]) =>
    views.map(({ name, width, height }) => {
      encoded.push(name);
      return { width, height, features: placeFeatures(name) };
    }),
} as unknown as PairInference;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-pairs-"));
  photos = await Promise.all(
    NAMES.map(async (name) => ({ name, path: await savePhoto(join(folder, `${name}.png`), texture(name, 32, 32)) })),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const selection = (options: Partial<PairSelection> = {}): PairSelection => ({
  network,
  plan: { size: 32, patchSize: 16 },
  partners: 2,
  verify: false,
  ...options,
});
const named = ({ pairs }: Awaited<ReturnType<typeof selectPairs>>) =>
  pairs.map(({ first, second }) => `${NAMES[first]}, ${NAMES[second]}`);

describe("photos of each other", () => {
  test("those of one place, and all are connected", async () => {
    encoded = [];
    const selected = await selectPairs(photos, selection());
    expect(named(selected)).toEqual(expect.arrayContaining(["hall 1, hall 2", "hall 1, hall 3", "yard 1, yard 2"]));
    expect(selected.candidates).toBe(selected.pairs.length);
    expect(encoded.sort()).toEqual([...NAMES].sort());
  });

  test("verified, without what merely looks alike; nothing is encoded twice", async () => {
    encoded = [];
    const stages: string[] = [];
    const onProgress: PairSelection["onProgress"] = ({ stage, done, total }) =>
      stages.push(`${stage} ${done}/${total}`);
    const selected = await selectPairs(photos, selection({ verify: true, onProgress }));
    expect(named(selected).sort()).toEqual(["hall 1, hall 2", "hall 1, hall 3", "hall 2, hall 3", "yard 1, yard 2"]);
    expect(selected.candidates).toBeGreaterThan(4);
    expect(encoded.sort()).toEqual([...NAMES].sort());
    expect(stages).toContain("encode 6/6");
    expect(stages.at(-1)).toBe(`check ${selected.candidates}/${selected.candidates}`);
  });

  test("what a store has is not encoded again; an abort stops it", async () => {
    const store = folderStore(join(folder, "store"));
    const whole = await selectPairs(photos, selection({ store }));
    encoded = [];
    expect(await selectPairs(photos, selection({ store }))).toEqual(whole);
    expect(encoded).toEqual([]);
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(selectPairs(photos, selection({ signal }))).rejects.toThrow("stopped");
  });

  test("nor is what was verified: a rerun goes on after the last pair", async () => {
    const store = folderStore(join(folder, "verified"));
    const stopping = new AbortController();
    const onProgress: PairSelection["onProgress"] = ({ stage, done }) => {
      if (stage === "check" && done === 3) stopping.abort(new Error("stopped"));
    };
    const { signal } = stopping;
    await expect(selectPairs(photos, selection({ store, verify: true, onProgress, signal }))).rejects.toThrow(
      "stopped",
    );
    encoded = [];
    const rest = await selectPairs(photos, selection({ store, verify: true }));
    expect(encoded).not.toContain("hall 1");
    expect(encoded).toContain("yard 2");
    expect(rest).toEqual(await selectPairs(photos, selection({ verify: true })));
    encoded = [];
    expect(await selectPairs(photos, selection({ store, verify: true }))).toEqual(rest);
    expect(encoded).toEqual([]);
  });

  test("photos that cannot be read are named, all of them", async () => {
    const broken = ["x", "y"].map((name) => ({ name, path: join(folder, `${name}.jpg`) }));
    for (const { path } of broken) await writeFile(path, "no photo");
    await expect(selectPairs([...photos, ...broken], selection())).rejects.toThrow(
      /^2 photos cannot be used; remove them:\n {2}.*x\.jpg.*\n {2}.*y\.jpg/,
    );
  });
});

test("queries get photos of the map, the most alike first, and verified ones are a part of them", async () => {
  const [queries, map] = [photos.slice(0, 1), photos.slice(1)];
  const { pairs } = await selectMapPairs(queries, map, selection({ partners: 3 }));
  expect(pairs.map(({ first }) => first)).toEqual([0, 0, 0]);
  expect(pairs.slice(0, 2).map(({ second }) => map[second]!.name)).toEqual(
    expect.arrayContaining(["hall 2", "hall 3"]),
  );
  const scores = pairs.map(({ score }) => score);
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  const verified = await selectMapPairs(queries, map, selection({ partners: 3, verify: true }));
  expect(verified.pairs).toEqual(pairs.slice(0, 2));
  expect(verified.candidates).toBe(3);
});

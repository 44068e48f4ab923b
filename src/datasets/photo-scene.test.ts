import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writePhotoScene } from "../../test/photo-scene.ts";
import { InputError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import { choosePair } from "../pairs/choose-pair.ts";
import { openPhotoScene } from "./photo-scene.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-photos-"));
  await writePhotoScene(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

const least = { width: 32, height: 24 };

test("no pair is in both splits, and both are drawn from", async () => {
  const drawn = async (split: "train" | "validation"): Promise<Set<string>> => {
    const { overlap } = await openPhotoScene(folder, split, least);
    const random = seededRandom(split);
    const pairs = Array.from({ length: 300 }, () => choosePair(overlap, [0, 1], random).toSorted((a, b) => a - b));
    return new Set(pairs.map((pair) => pair.join()));
  };
  const [train, validation] = [await drawn("train"), await drawn("validation")];
  expect(validation.size).toBeGreaterThan(0);
  expect(train.size).toBeGreaterThan(validation.size);
  expect([...validation].filter((pair) => train.has(pair))).toEqual([]);
});

test("views are shrunk to what is needed, and depth and camera with them", async () => {
  const [small, whole] = await Promise.all(
    [least, { width: 64, height: 48 }].map((size) => openPhotoScene(folder, "train", size)),
  );
  const [a, b] = [small!.views[0]!, whole!.views[0]!];
  expect([a.width, a.height, b.width, b.height]).toEqual([32, 24, 64, 48]);
  expect(a.intrinsics.fx).toBeCloseTo(b.intrinsics.fx / 2, 9);
  const mean = (depth: Float32Array) => depth.reduce((sum, z) => sum + z, 0) / depth.length;
  expect(mean(a.depth) / mean(b.depth)).toBeCloseTo(1, 1);
});

test("photos without depth are told", async () => {
  const scene = JSON.parse(readFileSync(join(folder, "scene.json"), "utf8"));
  const bare = mkdtempSync(join(folder, "bare-"));
  writeFileSync(
    join(bare, "scene.json"),
    JSON.stringify({ images: scene.images.map(({ depth: _, ...rest }: { depth: unknown }) => rest) }),
  );
  await expect(openPhotoScene(bare, "train", least)).rejects.toThrow(InputError);
  await expect(openPhotoScene(bare, "train", least)).rejects.toThrow(/0 photos with K, world_from_cam and depth/);
});

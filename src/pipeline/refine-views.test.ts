import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { blobPicture, randomBlobs } from "../../test/blob-picture.ts";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { seededRandom } from "../core/random.ts";
import { loadViews } from "../images/load-views.ts";
import { pairsToVerify, posedPhotos } from "./refine-views.ts";

const SIZE = { width: 160, height: 120 };
let file: string;
beforeAll(async () => {
  file = join(await mkdtemp(join(tmpdir(), "dust3r-masked-")), "a.png");
  const { rgb } = blobPicture(randomBlobs(seededRandom("masked"), 60, SIZE), SIZE);
  await sharp(rgb, { raw: { ...SIZE, channels: 3 } }).toFile(file);
});
afterAll(() => rm(join(file, ".."), { recursive: true, force: true }));

test("no features of what a mask hides take part", async () => {
  const views = await loadViews([file], { size: 64, patchSize: 16 });
  const { scene } = syntheticScene({ names: ["a"], size: views[0]! });
  const { width, height } = views[0]!;
  const rightHalf = Uint8Array.from({ length: width * height }, (_, i) => Number(i % width >= width / 2));
  const found = async (mask?: Uint8Array) => {
    const [photo] = await posedPhotos(scene, views, { files: [file], isPosed: () => false, masks: mask && [mask] });
    return photo!.features;
  };
  const [all, right] = [await found(), await found(rightHalf)];
  const xs = Array.from({ length: right.count }, (_, i) => right.positions[2 * i]!);
  expect(xs.length).toBeGreaterThan(10);
  expect(xs.length).toBeLessThan(all.count);
  expect(Math.min(...xs)).toBeGreaterThan(SIZE.width / 2 - 2);
});

test("pairs are verified once, and those not that merely look alike", () => {
  const { scene } = syntheticScene({ names: ["a", "b", "c"] });
  const pair = (image1: number, image2: number) => ({ image1, image2, meanConfidence: 2 });
  const pairs = [pair(1, 0), pair(0, 1), pair(2, 1), pair(0, 2), pair(2, 0)];
  expect(pairsToVerify({ ...scene, pairs })).toEqual([
    [0, 1],
    [0, 2],
    [1, 2],
  ]);
  const warnings = [{ kind: "false-loop", image1: 2, image2: 0 }] as const;
  expect(pairsToVerify({ ...scene, pairs, warnings })).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

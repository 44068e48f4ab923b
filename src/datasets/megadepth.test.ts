import { mkdtempSync, renameSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { npy, npyTexts, npz, put, putPhotoExrCamera } from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { FormatError, InputError } from "../core/errors.ts";
import { openMegaDepth } from "./megadepth.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const SCENES = ["0000 0", "0015 0", "0022 1"];
const IMAGES = ["10_a.jpg", "11_b.jpg", "12_c.jpg"];

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-megadepth-"));
  for (const [i, image] of IMAGES.entries()) await putPhotoExrCamera(folder, `0000/0/${image}`, planeView(i));
  // Scene, two images and a score: records as NumPy stores them.
  putList([0, 0, 1], [0, 1, 2], [0, 2, 2], [1, 0, 1], [2, 1, 0]);
});
afterEach(() => rmSync(folder, { recursive: true }));

function putList(...pairs: readonly (readonly [scene: number, first: number, second: number])[]): void {
  const records = pairs.map(([scene, first, second]) => {
    const record = Buffer.alloc(28);
    record.writeBigInt64LE(BigInt(scene), 0);
    record.writeBigInt64LE(BigInt(first), 8);
    record.writeBigInt64LE(BigInt(second), 16);
    record.writeFloatLE(0.5, 24);
    return record;
  });
  const fields = "[('scene_id', '<i8'), ('im1_id', '<i8'), ('im2_id', '<i8'), ('score', '<f4')]";
  const table = npy(fields, [pairs.length], Buffer.concat(records));
  put(folder, "megadepth_pairs.npz", npz({ scenes: npyTexts(SCENES), images: npyTexts(IMAGES), pairs: table }));
}

test("frames come as they were written; a frame with itself is left out and counted", async () => {
  const set = await openMegaDepth(folder, "train");
  expect(set).toMatchObject({ name: "megadepth", scenes: 1, frames: 3, pairs: 2 });
  expect(set.notes).toEqual([
    expect.stringMatching(/megadepth_pairs\.npz: 1 pairs of a frame with itself are left out/),
  ]);
  expect(set.choosePair(1, () => 0).map((frame) => set.frameName(frame))).toEqual([
    "0000/0/11_b.jpg",
    "0000/0/12_c.jpg",
  ]);
  for (const i of IMAGES.keys()) expectView(await set.readFrame(i, PLAIN), planeView(i));
});

test("the scenes 0015 and 0022 are for validation", async () => {
  const set = await openMegaDepth(folder, "validation");
  expect(set).toMatchObject({ scenes: 2, frames: 4, pairs: 2 });
  expect(set.frameName(3)).toBe("0022/1/10_a.jpg");
});

test("a missing list, one of nothing but frames with themselves, and one of unknown images stop", async () => {
  putList([0, 0, 7]);
  await expect(openMegaDepth(folder, "train")).rejects.toThrow(/pair 0 is of scenes or images that it does not list/);
  putList([0, 1, 1]);
  await expect(openMegaDepth(folder, "train")).rejects.toThrow(/lists no pairs; .*1 pairs of a frame with itself/);
  rmSync(join(folder, "megadepth_pairs.npz"));
  await expect(openMegaDepth(folder, "train")).rejects.toThrow(InputError);
});

test("depth that is cut off is an error that names the file", async () => {
  truncateSync(join(folder, "0000/0/10_a.jpg.exr"), 5000);
  const set = await openMegaDepth(folder, "train");
  const error = await set.readFrame(0, PLAIN).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FormatError);
  expect((error as Error).message).toMatch(/10_a\.jpg\.exr: it is cut off/);
});

test("depth of another size than the photo is an error", async () => {
  const small = planeView(0, { width: 32, height: 24 });
  await putPhotoExrCamera(folder, "other", small);
  renameSync(join(folder, "other.exr"), join(folder, "0000/0/10_a.jpg.exr"));
  const set = await openMegaDepth(folder, "train");
  await expect(set.readFrame(0, PLAIN)).rejects.toThrow(
    /10_a\.jpg\.jpg: its depth has 32x24 pixels and its photo 64x48/,
  );
});

import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { calibration, jpeg, npy, png, put, putPhotoExrCamera } from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { FormatError, InputError } from "../core/errors.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { openStaticThings3d } from "./staticthings3d.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-things-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The published list's records. */
function putList(...pairs: readonly (readonly [string, number, string, number, string, number])[]): void {
  const records = pairs.map(([scene, sequence, camera1, frame1, camera2, frame2]) => {
    const record = Buffer.alloc(15);
    record.write(scene, 0, "latin1");
    record.writeInt32LE(sequence, 1);
    record.write(camera1, 5, "latin1");
    record.writeInt32LE(frame1, 6);
    record.write(camera2, 10, "latin1");
    record.writeInt32LE(frame2, 11);
    return record;
  });
  const fields = "[('scene', 'S1'), ('seq', '<i4'), ('cam1', 'S1'), ('im1', '<i4'), ('cam2', 'S1'), ('im2', '<i4')]";
  put(folder, "staticthings_pairs.npy", npy(fields, [pairs.length], Buffer.concat(records)));
}

/** A `.float3` file: sizes from the fastest on. */
function float3(sizes: readonly number[], values: ArrayLike<number>): Buffer {
  const head = ["float", sizes.length, ...sizes].map((line) => `${line}\n`).join("");
  return Buffer.concat([Buffer.from(head), Buffer.from(Float32Array.from(values).buffer)]);
}

/** The view in a darker picture, as the pass with blur may be told from the other. */
function dark(view: RgbdView): RgbdView {
  return { ...view, rgb: view.rgb.map((value) => value >> 1) };
}

test("as prepared: frames come as they were written, from either pass", async () => {
  putList(["A", 7, "l", 6, "r", 9]);
  for (const [key, index] of [
    ["A/0007/left/0006", 1],
    ["A/0007/right/0009", 2],
  ] as const) {
    await putPhotoExrCamera(folder, `TRAIN/${key}`, planeView(index));
    put(folder, `TRAIN/${key}_clean.jpg`, await jpeg(planeView(index)));
    put(folder, `TRAIN/${key}_final.jpg`, await jpeg(dark(planeView(index))));
  }
  const set = await openStaticThings3d(folder, "train");
  expect(set).toMatchObject({ name: "staticthings3d", scenes: 1, frames: 2, pairs: 1, notes: [] });
  expectView(await set.readFrame(0, PLAIN), planeView(1));
  expectView(await set.readFrame(1, { ...PLAIN, random: () => 0.9 }), dark(planeView(2)));
});

test("as released: frames come as they were written; without the list, every pair of a sequence", async () => {
  for (const [index, key] of ["A/0000/left/0006", "A/0000/right/0015"].entries())
    await putReleased(key, planeView(index));
  const set = await openStaticThings3d(folder, "train");
  expect(set).toMatchObject({ frames: 20, pairs: 190 });
  const frames = Array.from({ length: 20 }, (_, frame) => set.frameName(frame));
  expectView(await set.readFrame(frames.indexOf("A/0000/left/0006"), PLAIN), planeView(0));
  expectView(await set.readFrame(frames.indexOf("A/0000/right/0015"), PLAIN), planeView(1));
});

test("the sky has no depth, and what is beyond 200 m none where the background is hidden", async () => {
  const view = planeView(0);
  view.depth[0] = Number.POSITIVE_INFINITY;
  view.depth[1] = 250;
  await putReleased("A/0000/left/0006", view);
  const set = await openStaticThings3d(folder, "train");
  expect((await set.readFrame(0, PLAIN)).depth.slice(0, 2)).toEqual(Float32Array.of(0, 250));
  expect((await set.readFrame(0, { ...PLAIN, hideBackground: true })).depth.slice(0, 2)).toEqual(Float32Array.of(0, 0));
});

test("no list and no release, a list of other cameras, a validation split: all stop", async () => {
  await expect(openStaticThings3d(folder, "train")).rejects.toThrow(/staticthings_pairs\.npy: there is no such file/);
  putList(["A", 0, "x", 6, "r", 9]);
  await expect(openStaticThings3d(folder, "train")).rejects.toThrow(/camera x; l or r is expected/);
  await expect(openStaticThings3d(folder, "validation")).rejects.toThrow(InputError);
});

test("a float3 file that is cut off is an error that names it", async () => {
  await putReleased("A/0000/left/0006", planeView(0));
  truncateSync(join(folder, "depths/TRAIN/A/0000/left/0006.float3"), 1000);
  const error = await (await openStaticThings3d(folder, "train"))
    .readFrame(0, PLAIN)
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(FormatError);
  expect((error as Error).message).toMatch(/depths.*0006\.float3: \[48,64\] floats take/);
});

async function putReleased(key: string, view: RgbdView): Promise<void> {
  const [part, sequence, , frame] = key.split("/");
  put(folder, `frames_cleanpass/TRAIN/${key}.png`, await png(view));
  put(folder, `frames_finalpass/TRAIN/${key}.png`, await png(dark(view)));
  put(folder, `depths/TRAIN/${key}.float3`, float3([64, 48], view.depth));
  put(folder, `poses/TRAIN/${key}.float3`, float3([4, 4], invertRigid(view.worldFromCam)));
  put(folder, `intrinsics/TRAIN/${part}/${sequence}/${frame}.float3`, float3([3, 3], calibration(view)));
}

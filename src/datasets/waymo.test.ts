import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { npyIntegers, npyTexts, npz, put, putPhotoExrCamera } from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { InputError } from "../core/errors.ts";
import { openWaymo } from "./waymo.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const DRIVE = "segment-10017090168044687777_6380_000_6400_000_with_camera_labels.tfrecord";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-waymo-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function putList(...pairs: readonly (readonly [number, number, number])[]): void {
  const list = {
    scenes: npyTexts([DRIVE]),
    frames: npyTexts(["00000_1", "00004_1", "00009_2"]),
    pairs: npyIntegers([pairs.length, 3], pairs.flat()),
  };
  put(folder, "waymo_pairs.npz", npz(list));
}

test("frames come as they were written, sparse as lidar is", async () => {
  putList([0, 0, 1], [0, 2, 1], [0, 1, 1]);
  const views = [0, 1, 2].map((index) => {
    const view = planeView(index);
    return { ...view, depth: view.depth.map((z, i) => (i % 7 === 0 ? z : 0)) };
  });
  for (const [i, frame] of ["00000_1", "00004_1", "00009_2"].entries())
    await putPhotoExrCamera(folder, `${DRIVE}/${frame}`, views[i]!);
  const set = await openWaymo(folder, "train");
  expect(set).toMatchObject({ name: "waymo", scenes: 1, frames: 3, pairs: 2 });
  expect(set.notes).toEqual([expect.stringContaining("1 pairs of a frame with itself")]);
  for (const i of [0, 1, 2]) expectView(await set.readFrame(i, PLAIN), views[i]!);
});

test("no list, one of unknown frames, a validation split: all stop", async () => {
  await expect(openWaymo(folder, "train")).rejects.toThrow(/waymo_pairs\.npz: there is no such file/);
  putList([0, 0, 5]);
  await expect(openWaymo(folder, "train")).rejects.toThrow(/pair 0 is of scenes or frames that it does not list/);
  await expect(openWaymo(folder, "validation")).rejects.toThrow(InputError);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exr, jpeg, put, rotationPart, translationPart } from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { InputError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { openHabitat } from "./habitat.ts";
import { readPair } from "./read-pair.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const KEY = "hm3d/00087/00000012";

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-habitat-"));
  put(folder, "Habitat_1000_scenes_train.txt", `${KEY}\n`);
  put(folder, "Habitat_2000_scenes_train.txt", `${KEY}\nhm3d/00087/00000013\n${KEY}\n`);
  for (let view = 0; view < 5; view++) {
    put(folder, `${KEY}_${view + 1}.jpeg`, await jpeg(planeView(view)));
    put(folder, `${KEY}_${view + 1}_depth.exr`, exr(planeView(view)));
    put(folder, `${KEY}_${view + 1}_camera_params.json`, cameraText(planeView(view)));
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** As Python's `json` module writes it, which knows NaN. */
function cameraText(view: RgbdView, pose = view.worldFromCam): string {
  const { fx, fy, cx, cy } = view.intrinsics;
  const rows = (values: readonly number[]): string =>
    `[${[0, 3, 6].map((from) => `[${values.slice(from, from + 3).join(", ")}]`).join(", ")}]`;
  const [rotation, translation] = [rows(rotationPart(pose)), translationPart(pose).join(", ")];
  return `{"camera_intrinsics": ${rows([fx, 0, cx, 0, fy, cy, 0, 0, 1])}, "R_cam2world": ${rotation}, "t_cam2world": [${translation}]}`;
}

test("frames come as they were written; of several lists the longest counts", async () => {
  const set = await openHabitat(folder, "train");
  expect(set).toMatchObject({ name: "habitat", scenes: 1, frames: 10, pairs: 2 });
  expect(set.notes).toEqual([
    expect.stringMatching(/Habitat_2000_scenes_train\.txt: 1 locations that are listed twice/),
  ]);
  for (let view = 0; view < 5; view++) expectView(await set.readFrame(view, PLAIN), planeView(view));
});

test("a pair is the first view and any of the others, all of them in time", async () => {
  const set = await openHabitat(folder, "train");
  const random = seededRandom("habitat pairs");
  const drawn = Array.from({ length: 60 }, () => set.choosePair(1, random));
  expect(drawn.every(([first]) => first === 5)).toBe(true);
  expect(new Set(drawn.map(([, second]) => second))).toEqual(new Set([6, 7, 8, 9]));
});

test("a view whose pose is not finite is replaced by the next", async () => {
  const nowhere = planeView(2).worldFromCam.map(() => Number.NaN) as Float64Array<ArrayBuffer>;
  put(folder, `${KEY}_3_camera_params.json`, cameraText(planeView(2), nowhere));
  const set = { ...(await openHabitat(folder, "train")), choosePair: () => [0, 2] as const };
  await expect(set.readFrame(2, PLAIN)).rejects.toThrow(/_3_camera_params\.json: .*finite numbers are expected/);
  const { names, replaced } = await readPair(set, 0, { hidesBackground: false, random: () => 0 });
  expect(names).toEqual([`${KEY}_1`, `${KEY}_4`]);
  expect(replaced).toHaveLength(1);
});

test("no list, an empty one, and locations that were never rendered", async () => {
  await expect(openHabitat(folder, "validation")).rejects.toThrow(/Habitat_SIZE_scenes_val\.txt is expected/);
  put(folder, "Habitat_10_scenes_val.txt", "\n");
  await expect(openHabitat(folder, "validation")).rejects.toThrow(InputError);
  const set = await openHabitat(folder, "train");
  await expect(readPair(set, 1, { hidesBackground: false, random: () => 0 })).rejects.toThrow(
    /00000013_1_camera_params\.json: there is no such file/,
  );
});

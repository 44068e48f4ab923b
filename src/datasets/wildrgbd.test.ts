import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { calibration, depthPng, jpeg, npyDoubles, npyFloats, npz, png, png8, put } from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { FormatError, InputError } from "../core/errors.ts";
import { openWildRgbd } from "./wildrgbd.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const FRAMES = [0, 1, 2, 3, 4, 5, 6];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-wildrgbd-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mask = (): Promise<Buffer> =>
  png8(
    planeView(0),
    Array.from({ length: 64 * 48 }, (_, i) => (i < 640 ? 255 : 0)),
  );

test("as prepared: frames come as they were written", async () => {
  put(folder, "selected_seqs_train.json", JSON.stringify({ mug: { scene_004: FRAMES } }));
  for (const frame of FRAMES) {
    const view = planeView(frame);
    const at = (kind: string, extension: string): string => `mug/scene_004/${kind}/0000${frame}.${extension}`;
    put(folder, at("rgb", "jpg"), await jpeg(view));
    put(folder, at("depth", "png"), await depthPng(view));
    put(folder, at("masks", "png"), await mask());
    const camera = {
      camera_intrinsics: npyFloats([3, 3], calibration(view)),
      camera_pose: npyFloats([4, 4], view.worldFromCam),
    };
    put(folder, at("metadata", "npz"), npz({ ...camera, maximum_depth: npyDoubles([], [5]) }));
  }
  const set = await openWildRgbd(folder, "train");
  expect(set).toMatchObject({ name: "wildrgbd", scenes: 1, frames: 7, pairs: 2 });
  for (const frame of FRAMES) expectView(await set.readFrame(frame, PLAIN), planeView(frame));
  const hidden = await set.readFrame(0, { ...PLAIN, hideBackground: true });
  expect(hidden.depth.every((z, i) => z > 0 === i < 640)).toBe(true);
});

describe("as released", () => {
  beforeEach(async () => {
    const view = planeView(0);
    const { fx, fy, cx, cy } = view.intrinsics;
    for (let scene = 0; scene < 7; scene++) {
      const at = (name: string): string => `mug/scenes/scene_00${scene}/${name}`;
      put(folder, at("metadata"), JSON.stringify({ w: 64, h: 48, K: [fx, 0, 0, 0, fy, 0, cx, cy, 1] }));
      const poses = FRAMES.map((frame) => [frame, ...planeView(frame).worldFromCam].join(" "));
      put(folder, at("cam_poses.txt"), `${poses.join("\n")}\n`);
      for (const frame of FRAMES) {
        put(folder, at(`rgb/0000${frame}.png`), scene === 0 ? await png(planeView(frame)) : "");
        put(folder, at(`depth/0000${frame}.png`), await depthPng(planeView(frame)));
        put(folder, at(`masks/0000${frame}.png`), await mask());
      }
    }
  });

  test("frames come as they were written; training and validation share no sequence", async () => {
    const [train, validation] = [await openWildRgbd(folder, "train"), await openWildRgbd(folder, "validation")];
    expect([train.scenes, validation.scenes]).toEqual([6, 1]);
    const names = (set: typeof train): string[] =>
      Array.from({ length: set.frames }, (_, frame) => set.frameName(frame));
    const all = [...names(train), ...names(validation)];
    expect(new Set(all).size).toBe(49);
    const set = names(train).includes("mug/scene_000/0") ? train : validation;
    for (const frame of FRAMES) {
      expectView(await set.readFrame(names(set).indexOf(`mug/scene_000/${frame}`), PLAIN), planeView(frame));
    }
    expect(names(await openWildRgbd(folder, "train"))).toEqual(names(train));
  });

  test.each<[string, () => void, RegExp]>([
    [
      "a frame without a pose",
      () => put(folder, "mug/scenes/scene_000/cam_poses.txt", "1 2 3\n"),
      /cam_poses\.txt: has no pose of frame 0/,
    ],
    [
      "a pose of too few numbers",
      () => put(folder, "mug/scenes/scene_000/cam_poses.txt", "0 2 3\n"),
      /frame 0: .*finite numbers/,
    ],
    [
      "intrinsics of too few numbers",
      () => put(folder, "mug/scenes/scene_000/metadata", '{"K": [1]}'),
      /metadata: .*K/,
    ],
  ])("%s: an error that names the file", async (_, damage, message) => {
    damage();
    const sets = [await openWildRgbd(folder, "train"), await openWildRgbd(folder, "validation")];
    for (const set of sets) {
      for (let frame = 0; frame < set.frames; frame++) {
        if (set.frameName(frame) !== "mug/scene_000/0") continue;
        const error = await set.readFrame(frame, PLAIN).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(FormatError);
        expect((error as Error).message).toMatch(message);
      }
    }
    expect.assertions(2);
  });
});

test("neither prepared nor released stops", async () => {
  await expect(openWildRgbd(folder, "train")).rejects.toThrow(InputError);
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  calibration,
  depthPng,
  jpeg,
  npyDoubles,
  npyFloats,
  npyIntegers,
  npyTexts,
  npz,
  put,
} from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { FormatError, InputError } from "../core/errors.ts";
import { openArkitScenes } from "./arkitscenes.ts";
import { openScanNetpp } from "./scannetpp.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const SCENES = ["41048190", "41069021"];
const VIEWS = [0, 1, 2, 3].map((index) => planeView(index));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-metadata-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Metadata {
  readonly images: readonly string[];
  readonly pairs: readonly (readonly number[])[];
  readonly intrinsics?: Buffer;
  readonly sceneIds?: readonly number[];
}

/** Frames 0 to 2 are of the first scene, frame 3 of the second. */
function metadata({ images, pairs, intrinsics, sceneIds = [0, 0, 0, 1] }: Metadata): Buffer {
  return npz({
    scenes: npyTexts(SCENES),
    sceneids: npyIntegers([4], sceneIds),
    images: npyTexts(images),
    intrinsics: intrinsics ?? npyDoubles([4, 3, 3], VIEWS.flatMap(calibration)),
    trajectories: npyFloats(
      [4, 4, 4],
      VIEWS.flatMap(({ worldFromCam }) => Array.from(worldFromCam)),
    ),
    pairs: npyDoubles(
      [pairs.length, 3],
      pairs.flatMap((pair) => [...pair, 0.5]),
    ),
  });
}

test("ARKitScenes as prepared: frames come as they were written", async () => {
  const images = ["41048190_3414.834.png", "41048190_3415.100.png", "41048190_3416.png", "41069021_1.5.png"];
  put(
    folder,
    "Training/all_metadata.npz",
    metadata({
      images,
      pairs: [
        [0, 1],
        [2, 1],
      ],
    }),
  );
  for (const [i, view] of VIEWS.entries()) {
    const scene = SCENES[i < 3 ? 0 : 1];
    put(folder, `Training/${scene}/vga_wide/${images[i]!.replace(".png", ".jpg")}`, await jpeg(view));
    put(folder, `Training/${scene}/lowres_depth/${images[i]}`, await depthPng(view));
  }
  const set = await openArkitScenes(folder, "train");
  expect(set).toMatchObject({ name: "arkitscenes", scenes: 1, frames: 3, pairs: 2, notes: [] });
  expect(set.frameName(2)).toBe("41048190/41048190_3416");
  for (const frame of [0, 1, 2]) expectView(await set.readFrame(frame, PLAIN), VIEWS[frame]!);
  await expect(openArkitScenes(folder, "validation")).rejects.toThrow(
    /Test.all_metadata\.npz: there is no such file; `dust3r data prepare arkit/,
  );
});

test("ScanNet++ as prepared: intrinsics may be rows of six numbers", async () => {
  const images = ["DSC00001", "DSC00002", "frame_000010", "DSC00001"];
  const six = VIEWS.flatMap(({ intrinsics: { fx, fy, cx, cy } }) => [64, 48, fx, fy, cx, cy]);
  put(folder, "all_metadata.npz", metadata({ images, pairs: [[0, 1]], intrinsics: npyDoubles([4, 6], six) }));
  for (const i of [0, 1]) {
    put(folder, `${SCENES[0]}/images/${images[i]}.jpg`, await jpeg(VIEWS[i]!));
    put(folder, `${SCENES[0]}/depth/${images[i]}.png`, await depthPng(VIEWS[i]!));
  }
  const set = await openScanNetpp(folder, "train");
  expect(set).toMatchObject({ name: "scannetpp", scenes: 1, frames: 2, pairs: 1 });
  expectView(await set.readFrame(1, PLAIN), VIEWS[1]!);
  await expect(openScanNetpp(folder, "validation")).rejects.toThrow(InputError);
});

test("pairs that cannot be are left out, and counted by what is wrong with them", async () => {
  const images = ["a", "b", "c", "d"];
  put(
    folder,
    "all_metadata.npz",
    metadata({
      images,
      pairs: [
        [0, 1],
        [0, 3],
        [2, 2],
        [0, 9],
        [-1, 0],
      ],
    }),
  );
  const { pairs, notes } = await openScanNetpp(folder, "train");
  expect(pairs).toBe(1);
  expect(notes.map((note) => note.replace(/^.*npz: /, ""))).toEqual([
    "1 pairs of different scenes are left out",
    "1 pairs of a frame with itself are left out",
    "2 pairs of frames that are not listed are left out",
  ]);
});

test("an empty list, and frames of unknown scenes, stop", async () => {
  const images = ["a", "b", "c", "d"];
  put(folder, "all_metadata.npz", metadata({ images, pairs: [] }));
  await expect(openScanNetpp(folder, "train")).rejects.toThrow(/it lists no pairs/);
  put(folder, "all_metadata.npz", metadata({ images, pairs: [[0, 1]], sceneIds: [0, 5, 0, 0] }));
  await expect(openScanNetpp(folder, "train")).rejects.toThrow(FormatError);
});

test("a photo without depth is an error that names the file", async () => {
  put(folder, "all_metadata.npz", metadata({ images: ["a", "b", "c", "d"], pairs: [[0, 1]] }));
  put(folder, `${SCENES[0]}/images/a.jpg`, await jpeg(VIEWS[0]!));
  const set = await openScanNetpp(folder, "train");
  await expect(set.readFrame(0, PLAIN)).rejects.toThrow(/depth.a\.png: there is no such file/);
});

import { mkdtempSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  calibration,
  depthPng,
  exr,
  jpeg,
  npy,
  npyDoubles,
  npyFloats,
  npyIntegers,
  npyTexts,
  npz,
  put,
  putPhotoExrCamera,
  rotationPart,
  translationPart,
} from "../../test/dataset-files.ts";
import { planeView } from "../../test/plane-view.ts";
import { isUserError } from "../core/errors.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import type { Dataset } from "./dataset.ts";
import { openHabitat } from "./habitat.ts";
import { openMegaDepth } from "./megadepth.ts";
import { openScanNetpp } from "./scannetpp.ts";
import { openStaticThings3d } from "./staticthings3d.ts";
import { openWaymo } from "./waymo.ts";
import { openWildRgbd } from "./wildrgbd.ts";

// CO3D and BlendedMVS, as prepared and as released, have the same tests beside their readers.

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-broken-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A set of which one frame is written as a test wants it. */
interface Source {
  readonly name: string;
  /** The frame's files, below the folder. */
  readonly photo: string;
  readonly depth: string;
  readonly write: (view: RgbdView) => Promise<void>;
  readonly open: () => Promise<Dataset>;
}

/** Habitat's, with rotation and translation apart. */
function habitatCamera({ intrinsics: { fx, fy, cx, cy }, worldFromCam }: RgbdView): string {
  const rows = (values: readonly number[]) => [0, 3, 6].map((from) => `[${values.slice(from, from + 3).join(", ")}]`);
  return (
    `{"camera_intrinsics": [${rows([fx, 0, cx, 0, fy, cy, 0, 0, 1]).join(", ")}], ` +
    `"R_cam2world": [${rows(rotationPart(worldFromCam)).join(", ")}], ` +
    `"t_cam2world": [${translationPart(worldFromCam).join(", ")}]}`
  );
}

const SOURCES: readonly Source[] = [
  {
    name: "Habitat",
    photo: "hm3d/1/0_1.jpeg",
    depth: "hm3d/1/0_1_depth.exr",
    async write(view) {
      put(folder, "Habitat_9_scenes_train.txt", "hm3d/1/0\n");
      put(folder, "hm3d/1/0_1.jpeg", await jpeg(view));
      put(folder, "hm3d/1/0_1_depth.exr", exr(view));
      put(folder, "hm3d/1/0_1_camera_params.json", habitatCamera(view));
    },
    open: () => openHabitat(folder, "train"),
  },
  {
    name: "MegaDepth",
    photo: "0000/0/a.jpg.jpg",
    depth: "0000/0/a.jpg.exr",
    async write(view) {
      const pairs = npyIntegers([1, 3], [0, 0, 1]);
      const list = { scenes: npyTexts(["0000 0"]), images: npyTexts(["a.jpg", "b.jpg"]), pairs };
      put(folder, "megadepth_pairs.npz", npz(list));
      await putPhotoExrCamera(folder, "0000/0/a.jpg", view);
    },
    open: () => openMegaDepth(folder, "train"),
  },
  {
    name: "Waymo",
    photo: "drive/0_1.jpg",
    depth: "drive/0_1.exr",
    async write(view) {
      const pairs = npyIntegers([1, 3], [0, 0, 1]);
      put(folder, "waymo_pairs.npz", npz({ scenes: npyTexts(["drive"]), frames: npyTexts(["0_1", "4_1"]), pairs }));
      await putPhotoExrCamera(folder, "drive/0_1", view);
    },
    open: () => openWaymo(folder, "train"),
  },
  {
    name: "StaticThings3D",
    photo: "TRAIN/A/0000/left/0006_clean.jpg",
    depth: "TRAIN/A/0000/left/0006.exr",
    async write(view) {
      const record = Buffer.from("A\0\0\0\0l\x06\0\0\0l\x07\0\0\0", "latin1");
      const fields = ["'scene', 'S1'", "'seq', '<i4'", "'cam1', 'S1'", "'im1', '<i4'", "'cam2', 'S1'", "'im2', '<i4'"];
      const descr = `[${fields.map((field) => `(${field})`).join(", ")}]`;
      put(folder, "staticthings_pairs.npy", npy(descr, [1], record));
      await putPhotoExrCamera(folder, "TRAIN/A/0000/left/0006", view);
      put(folder, "TRAIN/A/0000/left/0006_clean.jpg", await jpeg(view));
    },
    open: () => openStaticThings3d(folder, "train"),
  },
  {
    name: "ScanNet++ (ARKitScenes has the same files)",
    photo: "s/images/a.jpg",
    depth: "s/depth/a.png",
    async write(view) {
      const list = {
        scenes: npyTexts(["s"]),
        sceneids: npyIntegers([2], [0, 0]),
        images: npyTexts(["a", "b"]),
        intrinsics: npyDoubles([2, 3, 3], [...calibration(view), ...calibration(planeView(1))]),
        trajectories: npyFloats([2, 4, 4], [...view.worldFromCam, ...planeView(1).worldFromCam]),
        pairs: npyDoubles([1, 3], [0, 1, 0.5]),
      };
      put(folder, "all_metadata.npz", npz(list));
      put(folder, "s/images/a.jpg", await jpeg(view));
      put(folder, "s/depth/a.png", await depthPng(view));
    },
    open: () => openScanNetpp(folder, "train"),
  },
  {
    name: "WildRGB-D",
    photo: "mug/s/rgb/00000.jpg",
    depth: "mug/s/depth/00000.png",
    async write(view) {
      put(folder, "selected_seqs_train.json", JSON.stringify({ mug: { s: [0, 1, 2, 3, 4, 5, 6] } }));
      put(folder, "mug/s/rgb/00000.jpg", await jpeg(view));
      put(folder, "mug/s/depth/00000.png", await depthPng(view));
      const camera = { camera_intrinsics: npyFloats([3, 3], calibration(view)) };
      put(folder, "mug/s/metadata/00000.npz", npz({ ...camera, camera_pose: npyFloats([4, 4], view.worldFromCam) }));
    },
    open: () => openWildRgbd(folder, "train"),
  },
];

/** The numbers of a pose, one of them changed. */
function posed(index: number, change: (value: number) => number): RgbdView {
  const view = planeView(0);
  const worldFromCam = view.worldFromCam.slice();
  worldFromCam[index] = change(worldFromCam[index]!);
  return { ...view, worldFromCam };
}

const DAMAGES: readonly [what: string, view: RgbdView, damage: (source: Source) => void, problem: RegExp][] = [
  ["a pose that is not finite", posed(3, () => Number.NaN), () => {}, /finite numbers are expected/],
  ["a matrix that is no rotation", posed(0, (value) => 2 * value), () => {}, /no rotation/],
  ["a mirrored matrix", mirrored(), () => {}, /reflection/],
  ["intrinsics of a photo twice as large", enlarged(), () => {}, /intrinsics are for a photo of about .* found 64x48/],
  [
    "depth that is zero all over",
    { ...planeView(0), depth: new Float32Array(64 * 48) },
    () => {},
    /no pixel has depth/,
  ],
  ["a photo that is cut off", planeView(0), ({ photo }) => cutInHalf(photo), /damaged or truncated/],
  ["depth that is cut off", planeView(0), ({ depth }) => cutInHalf(depth), /it is cut off|not a readable PNG/],
  ["no photo", planeView(0), ({ photo }) => rmSync(join(folder, photo)), /no such file/],
  ["no depth", planeView(0), ({ depth }) => rmSync(join(folder, depth)), /no such file/],
];

function cutInHalf(file: string): void {
  const path = join(folder, file);
  truncateSync(path, Math.floor(statSync(path).size / 2));
}

function mirrored(): RgbdView {
  const view = planeView(0);
  return { ...view, worldFromCam: view.worldFromCam.map((value, i) => (i % 4 === 0 && i < 12 ? -value : value)) };
}

function enlarged(): RgbdView {
  const view = planeView(0);
  const { fx, fy, cx, cy } = view.intrinsics;
  return { ...view, intrinsics: { fx: 2 * fx, fy: 2 * fy, cx: 2 * cx, cy: 2 * cy } };
}

describe.each(SOURCES.map((source) => [source.name, source] as const))("%s", (_, source) => {
  test.each(DAMAGES)("%s: an error that names the file", async (_what, view, damage, problem) => {
    await source.write(view);
    damage(source);
    const set = await source.open();
    const error = await set.readFrame(0, { hideBackground: false, random: () => 0 }).catch((thrown: unknown) => thrown);
    expect(isUserError(error), String(error)).toBe(true);
    expect((error as Error).message).toMatch(problem);
    expect((error as Error).message).toMatch(/^\S+\.(jpe?g|exr|png|npz|json)\b/);
  });
});

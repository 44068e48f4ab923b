import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { jpeg, npyIntegers, npyTexts, npz, put } from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { InputError } from "../core/errors.ts";
import { invertRigid, rotationOf } from "../geometry/pose.ts";
import { quaternionFromRotation } from "../geometry/rotation.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { openMegaDepth } from "./megadepth.ts";
import { prepareMegaDepth } from "./prepare-megadepth.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
const VIEWS = [0, 1, 2, 3].map((index) => centered(planeView(index)));
const names = VIEWS.map((_, i) => `${i}_photo.jpg`);

/** The undistorted photos' principal point is their middle. */
function centered(view: RgbdView): RgbdView {
  const { fx, fy } = view.intrinsics;
  const intrinsics = { fx, fy, cx: 31.5, cy: 23.5 };
  const m = view.worldFromCam;
  const depth = Float32Array.from(view.depth, (_, i) => {
    const [x, y] = [((i % 64) - 31.5) / fx, (Math.floor(i / 64) - 23.5) / fy];
    return (4 - m[11]!) / (m[8]! * x + m[9]! * y + m[10]!);
  });
  return { ...view, intrinsics, depth };
}

let hdf5: (view: RgbdView) => Uint8Array;
beforeAll(async () => {
  const { File, ready } = await import("h5wasm");
  const { FS } = await ready;
  hdf5 = (view) => {
    const file = new File("/depth.h5", "w");
    file.create_dataset({ name: "depth", data: view.depth, shape: [view.height, view.width] });
    file.close();
    return FS.readFile("/depth.h5", { encoding: "binary" });
  };
});

let root: string;
let from: string;
let to: string;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "dust3r-megadepth-release-"));
  [from, to] = [join(root, "release"), join(root, "prepared")];
  const dense = "phoenix/S6/zl548/MegaDepth_v1/0007/dense0";
  const lines = [
    "# Image list with two lines of data per image:",
    "#   IMAGE_ID, QW, QX, QY, QZ, TX, TY, TZ, CAMERA_ID, NAME",
  ];
  for (const [i, view] of VIEWS.entries()) {
    put(from, `${dense}/imgs/${names[i]}`, await jpeg(view));
    put(from, `${dense}/depths/${names[i]!.replace(".jpg", ".h5")}`, hdf5(view));
    const camFromWorld = invertRigid(view.worldFromCam);
    const [x, y, z, w] = quaternionFromRotation(rotationOf(camFromWorld));
    lines.push([i + 1, w, x, y, z, camFromWorld[3], camFromWorld[7], camFromWorld[11], 1, names[i]].join(" "));
    lines.push(i === 2 ? "" : "10.5 20.5 7 30.25 1.5 -1");
  }
  const sparse = "MegaDepth_v1_SfM/0007/sparse/manhattan/0";
  put(from, `${sparse}/images.txt`, `${lines.join("\n")}\n`);
  // The camera before photos were undistorted, twice as large; it bends nothing.
  put(from, `${sparse}/cameras.txt`, "1 PINHOLE 128 96 120 124 64 48\n");
});
afterEach(() => rmSync(root, { recursive: true }));

function putList(...pairs: readonly (readonly [number, number])[]): string {
  const rows = pairs.flatMap(([first, second]) => [0, first, second]);
  put(
    root,
    "pairs.npz",
    npz({ scenes: npyTexts(["0007 0"]), images: npyTexts(names), pairs: npyIntegers([pairs.length, 3], rows) }),
  );
  return join(root, "pairs.npz");
}

test("with the published list: its photos and pairs", async () => {
  const report = await prepareMegaDepth(from, to, { pairs: putList([0, 1], [1, 3]) });
  expect(report).toEqual({ scenes: 1, frames: 3, reused: 0, pairs: 2, skipped: [] });
  const set = await openMegaDepth(to, "train");
  expect(set).toMatchObject({ scenes: 1, frames: 3, pairs: 2 });
  expect(set.frameName(0)).toBe("0007/0/0_photo.jpg");
  const shown = [0, 1, 3];
  for (const [frame, view] of shown.entries()) expectView(await set.readFrame(frame, PLAIN), VIEWS[view]!);
  expect(await prepareMegaDepth(from, to, { pairs: putList([0, 1], [1, 3]) })).toMatchObject({ reused: 3 });
});

test("without a list: all photos with depth, and pairs by overlap", async () => {
  const report = await prepareMegaDepth(from, to, {});
  expect(report).toMatchObject({ scenes: 1, frames: 4, skipped: [] });
  const set = await openMegaDepth(to, "train");
  expect(set.pairs).toBe(report.pairs);
  expect(set.pairs).toBeGreaterThan(2);
});

test("photos that cannot be used are skipped with the reason, and so are their pairs", async () => {
  const dense = join(from, "phoenix/S6/zl548/MegaDepth_v1/0007/dense0");
  truncateSync(join(dense, "depths/1_photo.h5"), 2000);
  rmSync(join(dense, "depths/2_photo.h5"));
  const { frames, pairs, skipped } = await prepareMegaDepth(from, to, { pairs: putList([0, 1], [0, 3], [2, 3]) });
  expect([frames, pairs]).toEqual([2, 1]);
  expect(skipped.map(({ frame, problem }) => [frame, problem.replace(/^.*dense0./, "").slice(0, 60)])).toEqual([
    ["0007/0/1_photo.jpg", expect.stringMatching(/^depths.1_photo\.h5: not an HDF5 file, or a damaged one/)],
    ["0007/0/2_photo.jpg", expect.stringMatching(/^depths.2_photo\.h5: there is no such file/)],
  ]);
});

test("no scene, and a scene without its model, stop", async () => {
  await expect(prepareMegaDepth(root, to, {})).rejects.toThrow(/no scene in it/);
  rmSync(join(from, "MegaDepth_v1_SfM"), { recursive: true });
  const error = await prepareMegaDepth(from, to, {}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toMatch(
    /no frame can be used; of 1, the first: none of these folders is there: .*MegaDepth_v1_SfM/,
  );
});

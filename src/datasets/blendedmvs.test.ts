import { mkdtempSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  calibration,
  exr,
  jpeg,
  npy,
  npyDoubles,
  npz,
  put,
  rotationPart,
  translationPart,
} from "../../test/dataset-files.ts";
import { expectView } from "../../test/expect-view.ts";
import { planeView } from "../../test/plane-view.ts";
import { FormatError, InputError } from "../core/errors.ts";
import { invertRigid } from "../geometry/pose.ts";
import type { RgbdView } from "../rgbd/rgbd-view.ts";
import { openBlendedMvs } from "./blendedmvs.ts";

const PLAIN = { hideBackground: false, random: () => 0 };
// Ends in ...3 and in ...a (10): of the latter's number, a multiple of ten is for validation.
const TRAIN = "5a3ca9cb" + "270f0e3f14d0eddb";
const VALIDATION = "5a3ca9cb" + "000000000000000a";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-blendedmvs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The published list's records: two halves of the scene's name, two views, a score. */
function putList(...pairs: readonly (readonly [scene: string, first: number, second: number])[]): void {
  const records = pairs.map(([scene, first, second]) => {
    const record = Buffer.alloc(28);
    record.writeBigUInt64LE(BigInt(`0x${scene.slice(8)}`), 0);
    record.writeUInt32LE(Number.parseInt(scene.slice(0, 8), 16), 8);
    record.writeUInt32LE(first, 12);
    record.writeUInt32LE(second, 16);
    record.writeFloatLE(0.3, 20);
    return record.subarray(0, 24);
  });
  const fields = "[('seq_low', '<u8'), ('seq_high', '<u4'), ('img1', '<u4'), ('img2', '<u4'), ('score', '<f4')]";
  put(folder, "blendedmvs_pairs.npy", npy(fields, [pairs.length], Buffer.concat(records)));
}

describe("as prepared", () => {
  beforeEach(async () => {
    putList([TRAIN, 0, 3], [TRAIN, 3, 3], [VALIDATION, 0, 1]);
    for (const index of [0, 3]) {
      const view = planeView(index);
      const stem = `${TRAIN}/0000000${index}`;
      put(folder, `${stem}.jpg`, await jpeg(view));
      put(folder, `${stem}.exr`, exr(view));
      const camera = {
        intrinsics: npyDoubles([3, 3], calibration(view)),
        R_cam2world: npyDoubles([3, 3], rotationPart(view.worldFromCam)),
        t_cam2world: npyDoubles([3], translationPart(view.worldFromCam)),
      };
      put(folder, `${stem}.npz`, npz(camera));
    }
  });

  test("frames come as they were written", async () => {
    const set = await openBlendedMvs(folder, "train");
    expect(set).toMatchObject({ name: "blendedmvs", scenes: 1, frames: 2, pairs: 1 });
    expect(set.notes).toEqual([expect.stringContaining("1 pairs of a frame with itself")]);
    expect(set.frameName(1)).toBe(`${TRAIN}/00000003`);
    expectView(await set.readFrame(1, PLAIN), planeView(3));
  });

  test("every tenth scene is for validation", async () => {
    expect((await openBlendedMvs(folder, "validation")).frameName(0)).toBe(`${VALIDATION}/00000000`);
  });

  test("a list without its fields, and none at all, stop", async () => {
    put(folder, "blendedmvs_pairs.npy", npy("[('a', '<i4')]", [1], Buffer.alloc(4)));
    await expect(openBlendedMvs(folder, "train")).rejects.toThrow(/has no field seq_high, only a/);
    rmSync(join(folder, "blendedmvs_pairs.npy"));
    await expect(openBlendedMvs(folder, "train")).rejects.toThrow(InputError);
  });
});

describe("as released", () => {
  beforeEach(async () => {
    for (const index of [0, 1, 2]) {
      const view = planeView(index);
      put(folder, `${TRAIN}/blended_images/0000000${index}.jpg`, await jpeg(view));
      put(folder, `${TRAIN}/rendered_depth_maps/0000000${index}.pfm`, pfm(view));
      put(folder, `${TRAIN}/cams/0000000${index}_cam.txt`, cameraText(view));
    }
    // Three views; the first sees the second and the third, the second only the first.
    put(folder, `${TRAIN}/cams/pair.txt`, "3\n0\n2 1 820.5 2 300.1 \n1\n1 0 820.5 \n2\n0 \n");
  });

  test("frames come as they were written, and pairs from the scene's proposals, each once", async () => {
    const set = await openBlendedMvs(folder, "train");
    expect(set).toMatchObject({ scenes: 1, frames: 3, pairs: 2, notes: [] });
    for (const index of [0, 1, 2]) expectView(await set.readFrame(index, PLAIN), planeView(index));
  });

  test("the published list is taken where it is there", async () => {
    putList([TRAIN, 1, 2]);
    expect(await openBlendedMvs(folder, "train")).toMatchObject({ frames: 2, pairs: 1 });
  });

  test.each<[string, () => void, RegExp]>([
    [
      "proposals that are cut off",
      () => put(folder, `${TRAIN}/cams/pair.txt`, "3\n0\n2 1"),
      /pair\.txt: it is cut off: a score/,
    ],
    ["no proposals", () => rmSync(join(folder, TRAIN, "cams/pair.txt")), /pair\.txt: there is no such file/],
  ])("%s stop", async (_, damage, message) => {
    damage();
    await expect(openBlendedMvs(folder, "train")).rejects.toThrow(message);
  });

  test.each<[string, () => void, RegExp]>([
    [
      "depth that is cut off",
      () => truncateSync(join(folder, TRAIN, "rendered_depth_maps/00000000.pfm"), 400),
      /pfm: 64x48x1 floats take/,
    ],
    ["no camera", () => rmSync(join(folder, TRAIN, "cams/00000000_cam.txt")), /_cam\.txt: there is no such file/],
    [
      "a camera that is cut off",
      () => put(folder, `${TRAIN}/cams/00000000_cam.txt`, "extrinsic\n1 0 0"),
      /the word extrinsic and 16 numbers/,
    ],
    [
      "a rotation that is none",
      () => put(folder, `${TRAIN}/cams/00000000_cam.txt`, cameraText(planeView(0)).replace(/(?<=extrinsic\n)\S+/, "3")),
      /no rotation/,
    ],
  ])("%s: an error that names the file", async (_, damage, message) => {
    damage();
    const error = await (await openBlendedMvs(folder, "train")).readFrame(0, PLAIN).catch((thrown: unknown) => thrown);
    expect(error instanceof FormatError || error instanceof InputError).toBe(true);
    expect((error as Error).message).toMatch(message);
  });
});

/** The rows of a PFM file run from the bottom up; a negative scale means that the lowest byte comes first. */
function pfm({ width, height, depth }: RgbdView): Buffer {
  const rows = Array.from({ length: height }, (_, y) => Buffer.from(depth.slice(y * width, (y + 1) * width).buffer));
  return Buffer.concat([Buffer.from(`Pf\n${width} ${height}\n-1.000000\n`), ...rows.reverse()]);
}

function cameraText(view: RgbdView): string {
  const lines = (values: ArrayLike<number>, columns: number): string =>
    Array.from({ length: values.length / columns }, (_, row) =>
      Array.from({ length: columns }, (_, k) => values[row * columns + k]!).join(" "),
    ).join(" \n");
  const camFromWorld = invertRigid(view.worldFromCam);
  return `extrinsic\n${lines(camFromWorld, 4)} \n\nintrinsic\n${lines(calibration(view), 3)} \n\n2.5 0.02 128 5.1 \n`;
}

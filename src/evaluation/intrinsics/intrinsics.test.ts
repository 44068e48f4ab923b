import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  calibration,
  exr,
  jpeg,
  npy,
  npyDoubles,
  npyFloats,
  npz,
  png8,
  png16,
  put,
  putPhotoExrCamera,
  rotationPart,
  translationPart,
} from "../../../test/dataset-files.ts";
import { oracleNetwork } from "../../../test/oracle-network.ts";
import { roomPhotos } from "../../../test/room-photos.ts";
import { FormatError, InputError } from "../../core/errors.ts";
import type { Dataset } from "../../datasets/dataset.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";
import { INTRINSICS, intrinsicsItems } from "./intrinsics.ts";

const size = { width: 64, height: 48 };
const photos = roomPhotos(4, { ...size, focal: 60 });
const known = new Map(photos.map((photo, i) => [`scene/${i}`, photo]));
const network = { network: oracleNetwork(known), plan: { size: 64, patchSize: 16 } };

/** Two pairs of the room's photos. */
const dataset: Dataset = {
  name: "room",
  scenes: 1,
  frames: 4,
  pairs: 2,
  notes: [],
  frameName: (frame) => `scene/${frame}`,
  readFrame: async (frame) => ({ ...photos[frame]!, rgb: new Uint8Array(3 * 64 * 48) }),
  choosePair: (pair) => [2 * pair, 2 * pair + 1],
  substitutes: () => [],
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dust3r-intrinsics-"));
});
afterAll(() => rm(root, { recursive: true }));

test("an oracle network finds the field of view from one photo and from two", async () => {
  const items = intrinsicsItems(dataset, network);
  expect(items.map(({ id }) => id)).toEqual(["pair 0", "pair 1"]);
  const measured = [];
  for (const { id, evaluate } of items) measured.push({ id, metrics: (await evaluate()).metrics, seconds: 1 });
  for (const { metrics } of measured) {
    for (const fit of [metrics.monocular, metrics.binocular]) {
      expect(fit.fov_error_deg).toBeLessThan(0.1);
      expect(fit.reprojection).toBe(1);
    }
  }
  const { tables } = INTRINSICS[0]!.summarize(measured);
  expect(tables[0]!.rows.map((row) => row.slice(0, 2))).toEqual([
    ["ours, monocular", "2"],
    ["ours, binocular", "2"],
  ]);
});

test("a pair whose photo cannot be used is told, and no other", async () => {
  const broken: Dataset = {
    ...dataset,
    readFrame: async (frame, options) => {
      if (frame === 1) throw new FormatError("scene/1", "no pixel has depth");
      return dataset.readFrame(frame, options);
    },
  };
  const [first, second] = intrinsicsItems(broken, network);
  await expect(first!.evaluate()).rejects.toThrow("scene/1: no pixel has depth");
  expect((await second!.evaluate()).metrics.monocular.reprojection).toBe(1);
});

describe("on the files of each set", () => {
  const views: readonly RgbdView[] = roomPhotos(7, { ...size, focal: 60 }).map((photo) => {
    return { ...photo, rgb: new Uint8Array(3 * 64 * 48).fill(128) };
  });
  const pose = (view: RgbdView) => npyFloats([4, 4], view.worldFromCam);

  const layouts: Readonly<Record<string, (folder: string) => Promise<readonly string[]>>> = {
    async "intrinsics-habitat"(folder) {
      put(folder, "Habitat_1_scenes_val.txt", "hm3d/1/0\n");
      for (const [i, view] of views.entries()) {
        const stem = `hm3d/1/0_${i + 1}`;
        put(folder, `${stem}.jpeg`, await jpeg(view));
        put(folder, `${stem}_depth.exr`, exr(view));
        const rows = (values: readonly number[]) => [0, 3, 6].map((from) => values.slice(from, from + 3));
        const camera = {
          camera_intrinsics: rows(calibration(view)),
          R_cam2world: rows(rotationPart(view.worldFromCam)),
          t_cam2world: translationPart(view.worldFromCam),
        };
        put(folder, `${stem}_camera_params.json`, JSON.stringify(camera));
      }
      return views.map((_, i) => `hm3d/1/0_${i + 1}`);
    },
    async "intrinsics-blendedmvs"(folder) {
      // The scene 5a3ca9cb000000000000000a is for validation; its views 0 and 1.
      const record = Buffer.alloc(20);
      record.writeBigUInt64LE(10n, 0);
      record.writeUInt32LE(0x5a3ca9cb, 8);
      record.writeUInt32LE(1, 16);
      const fields = "[('seq_low', '<u8'), ('seq_high', '<u4'), ('img1', '<u4'), ('img2', '<u4')]";
      put(folder, "blendedmvs_pairs.npy", npy(fields, [1], record));
      const stems = views.map((_, i) => `5a3ca9cb000000000000000a/0000000${i}`);
      for (const [i, view] of views.entries()) await putPhotoExrCamera(folder, stems[i]!, view);
      return stems;
    },
    async "intrinsics-co3d"(folder) {
      const frames = views.map((_, i) => i);
      put(folder, "selected_seqs_test.json", JSON.stringify({ apple: { s: frames } }));
      for (const [i, view] of views.entries()) {
        const name = `frame00000${i}`;
        put(folder, `apple/s/images/${name}.jpg`, await jpeg(view));
        const codes = Array.from(view.depth, (z) => Math.round((z / 20) * 65535));
        put(folder, `apple/s/depths/${name}.jpg.geometric.png`, await png16(view, codes));
        put(folder, `apple/s/masks/${name}.png`, await png8(view, new Uint8Array(64 * 48).fill(255)));
        const camera = { camera_intrinsics: npyFloats([3, 3], calibration(view)), camera_pose: pose(view) };
        put(folder, `apple/s/images/${name}.npz`, npz({ ...camera, maximum_depth: npyDoubles([], [20]) }));
      }
      return frames.map((i) => `apple/s/${i}`);
    },
  };

  test.each(Object.entries(layouts))("%s: an oracle network is right", async (name, write) => {
    const folder = join(root, name);
    const names = await write(folder);
    const photos = new Map(names.map((frame, i) => [frame, views[i]!]));
    const benchmark = INTRINSICS.find((candidate) => candidate.name === name)!;
    const items = await benchmark.items({ network: oracleNetwork(photos), plan: network.plan }, folder, {});
    const { metrics } = await items[0]!.evaluate();
    for (const { fov_error_deg, reprojection } of [metrics.monocular, metrics.binocular]) {
      expect(fov_error_deg).toBeLessThan(0.1);
      expect(reprojection).toBe(1);
    }
  });

  test.each(Object.keys(layouts))("%s: an empty folder stops", async (name) => {
    const benchmark = INTRINSICS.find((candidate) => candidate.name === name)!;
    await expect(benchmark.items(network, root, {})).rejects.toThrow(InputError);
  });
});

test("a folder that is no data set", async () => {
  for (const benchmark of INTRINSICS) {
    await expect(benchmark.items(network, join(root, "none"), {})).rejects.toThrow(InputError);
  }
});

import { appendFileSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oracleNetwork } from "../../../test/oracle-network.ts";
import { roomPhotos, writeGray16, writeInto, writePhoto } from "../../../test/room-photos.ts";
import { encodeNpz } from "../../formats/npz.ts";
import { unprojectDepth } from "../../geometry/camera.ts";
import { invertRigid, rotationOf, transformPoints, translationOf } from "../../geometry/pose.ts";
import { quaternionFromRotation } from "../../geometry/rotation.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import { MONOCULAR_DEPTH, type MonocularDepthMetrics } from "./monocular-depth.ts";

const size = { width: 64, height: 48 };
const photos = roomPhotos(2, { ...size, focal: 60 });
const [first, second] = photos as [(typeof photos)[0], (typeof photos)[0]];
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dust3r-mono-"));
});
afterAll(() => rm(root, { recursive: true }));

/** An oracle for the two photos of these names. */
function knowing(...names: string[]): EvaluatedNetwork {
  const known = new Map(names.map((name, i) => [name, photos[i]!]));
  return { network: oracleNetwork(known), plan: { size: 64, patchSize: 16 } };
}

async function measure(name: string, network: EvaluatedNetwork, folder: string) {
  const benchmark = MONOCULAR_DEPTH.find((candidate) => candidate.name === name)!;
  const items = await benchmark.items(network, folder, {});
  const measured: { id: string; metrics: MonocularDepthMetrics; seconds: number }[] = [];
  for (const { id, evaluate } of items.slice(0, photos.length))
    measured.push({ id, metrics: (await evaluate()).metrics, seconds: 1 });
  return { ids: measured.map(({ id }) => id), measured, summary: benchmark.summarize(measured) };
}

const codes = (depth: Float32Array, unit: number) => Array.from(depth, (z) => Math.round(z / unit));

/** val_selection_cropped as KITTI distributes it. */
async function writeKitti(folder: string, unit = 1 / 256): Promise<[string, string]> {
  const names = [
    "2011_09_26_drive_0002_sync_image_0000000005_image_02.png",
    "2011_09_26_drive_0002_sync_image_0000000008_image_02.png",
  ];
  for (const [i, name] of names.entries()) {
    await writePhoto(join(folder, "image", name), size);
    const depth = join(folder, "groundtruth_depth", name.replace("sync_image", "sync_groundtruth_depth"));
    const sparse = codes(photos[i]!.depth, unit).map((code, k) => (k % 3 === 0 ? code : 0));
    await writeGray16(depth, size, sparse);
  }
  return names as [string, string];
}

describe("KITTI", () => {
  test("crops with laser depth", async () => {
    const folder = join(root, "kitti");
    const [a, b] = await writeKitti(folder);
    const network = knowing(a.replace(".png", ""), b.replace(".png", ""));
    const { ids, measured, summary } = await measure("mono-kitti", network, folder);
    expect(ids).toEqual([a.replace(".png", ""), b.replace(".png", "")]);
    for (const { metrics } of measured) {
      expect(metrics.abs_rel).toBeLessThan(0.01);
      expect(metrics).toMatchObject({ delta_1_25: 1, coverage: 1 });
    }
    expect(summary.tables[0]!.rows.map(([method]) => method)).toEqual([
      "ours",
      "DUSt3R 224, no CroCo [paper]",
      "DUSt3R 224 [paper]",
      "DUSt3R 512 [paper]",
    ]);
    expect(summary.tables[0]!.rows[3]).toEqual(["DUSt3R 512 [paper]", "", "0.1074", "86.60", "", ""]);
  });

  test("a folder without images", async () => {
    await expect(measure("mono-kitti", knowing(), join(root, "nothing"))).rejects.toThrow(
      /val_selection_cropped is expected/,
    );
  });

  test.each<[string, (depth: string) => void | Promise<void>, RegExp]>([
    ["truncated", (depth) => truncateSync(depth, 100), /not a readable PNG/],
    ["of 8 bits", (depth) => writePhoto(depth, size), /expected a gray PNG of 16 bits/],
    [
      "of another size",
      (depth) => writeGray16(depth, { width: 32, height: 48 }, new Uint16Array(32 * 48)),
      /its depth map is 32x48, the photo 64x48/,
    ],
    ["zero all over", (depth) => writeGray16(depth, size, new Uint16Array(64 * 48)), /no depth was measured/],
  ])("a depth map that is %s", async (what, spoil, problem) => {
    const folder = join(root, `kitti ${what}`);
    const [a, b] = await writeKitti(folder);
    await spoil(join(folder, "groundtruth_depth", a.replace("sync_image", "sync_groundtruth_depth")));
    const network = knowing(a.replace(".png", ""), b.replace(".png", ""));
    await expect(measure("mono-kitti", network, folder)).rejects.toThrow(problem);
  });

  test("a photo without ground truth, and one that is cut off", async () => {
    const folder = join(root, "kitti bare");
    const [a, b] = await writeKitti(folder);
    const network = knowing(a.replace(".png", ""), b.replace(".png", ""));
    truncateSync(join(folder, "image", b), 80);
    await rm(join(folder, "groundtruth_depth", a.replace("sync_image", "sync_groundtruth_depth")));
    const items = await MONOCULAR_DEPTH.find(({ name }) => name === "mono-kitti")!.items(network, folder, {});
    await expect(items[0]!.evaluate()).rejects.toThrow(/groundtruth_depth_.*\.png: there is no such file/);
    await expect(items[1]!.evaluate()).rejects.toThrow(/damaged or truncated/);
  });
});

describe("sequences of TUM RGB-D and BONN", () => {
  async function writeSequence(folder: string): Promise<void> {
    const stamps = ["1311868164.363181", "1311868164.399026", "1311868165.9"];
    for (const stamp of stamps) await writePhoto(join(folder, `rgb/${stamp}.png`), size);
    for (const [i, { depth }] of photos.entries())
      await writeGray16(join(folder, `depth/${i}.png`), size, codes(depth, 1 / 5000));
    await writeInto(
      join(folder, "rgb.txt"),
      `# color images\n# timestamp filename\n${stamps.map((stamp) => `${stamp} rgb/${stamp}.png`).join("\n")}\n`,
    );
    await writeInto(
      join(folder, "depth.txt"),
      "# depth maps\n1311868164.373557 depth/0.png\n1311868164.407784 depth/1.png\n",
    );
  }

  test("photos take the depth nearest in time; those without any cannot be measured", async () => {
    const folder = join(root, "tum");
    await writeSequence(join(folder, "rgbd_dataset_freiburg3_sitting_xyz"));
    const network = knowing("1311868164.363181.png", "1311868164.399026.png");
    const { ids, measured } = await measure("mono-tum", network, folder);
    expect(ids).toEqual(
      ["363181", "399026"].map((stamp) => `rgbd_dataset_freiburg3_sitting_xyz/rgb/1311868164.${stamp}.png`),
    );
    for (const { metrics } of measured) expect(metrics.abs_rel).toBeLessThan(0.01);
    const sequence = join(folder, "rgbd_dataset_freiburg3_sitting_xyz");
    expect((await measure("mono-bonn", network, sequence)).measured.length).toBe(2);
    const items = await MONOCULAR_DEPTH.find((each) => each.name === "mono-bonn")!.items(network, sequence, {});
    expect(items.length).toBe(3);
    await expect(items[2]!.evaluate()).rejects.toThrow(/1311868165\.9\.png: depth\.txt has nothing within 20 ms of it/);
  });

  test("lists that are missing or empty", async () => {
    const folder = join(root, "tum empty");
    await expect(measure("mono-tum", knowing(), folder)).rejects.toThrow(/sequences of TUM RGB-D are expected/);
    await writeInto(join(folder, "a", "rgb.txt"), "# nothing\n");
    await expect(measure("mono-tum", knowing(), folder)).rejects.toThrow(/rgb.txt: is empty; a list of time stamps/);
    await writeInto(join(folder, "a", "rgb.txt"), "yesterday rgb/1.png\n");
    await writeInto(join(folder, "a", "depth.txt"), "1 depth/1.png\n");
    await expect(measure("mono-tum", knowing(), folder)).rejects.toThrow(/rgb.txt: entry 1: a time and a file/);
    await writeInto(join(folder, "a", "rgb.txt"), "1 rgb/1.png\n2 rgb/1.png\n");
    await expect(measure("mono-tum", knowing(), folder)).rejects.toThrow(/entry 2: rgb\/1.png is listed twice/);
  });
});

test("NYUv2's official test split", async () => {
  const folder = join(root, "nyu");
  for (const [i, room] of ["bathroom", "bedroom"].entries()) {
    await writePhoto(join(folder, room, `rgb_0004${i}.jpg`), size);
    await writeGray16(join(folder, room, `sync_depth_0004${i}.png`), size, codes(photos[i]!.depth, 1e-3));
  }
  const { ids, measured } = await measure("mono-nyuv2", knowing("rgb_00040.jpg", "rgb_00041.jpg"), folder);
  expect(ids).toEqual(["bathroom/rgb_00040.jpg", "bedroom/rgb_00041.jpg"]);
  for (const { metrics } of measured) expect(metrics.abs_rel).toBeLessThan(0.01);
  await expect(measure("mono-nyuv2", knowing(), join(root, "nowhere"))).rejects.toThrow(/official_splits\/test/);
  await rm(join(folder, "bathroom", "sync_depth_00040.png"));
  await expect(measure("mono-nyuv2", knowing("rgb_00040.jpg"), folder)).rejects.toThrow(
    /sync_depth_00040\.png: there is no such file/,
  );
});

describe("DDAD", () => {
  const pose = (matrix: Float64Array) => {
    const [qx, qy, qz, qw] = quaternionFromRotation(rotationOf(matrix));
    const [x, y, z] = translationOf(matrix);
    return { rotation: { qw, qx, qy, qz }, translation: { x, y, z } };
  };

  /** A scene in the DGP format with the laser scan in the frame of the second photo's camera. */
  async function writeDdad(folder: string): Promise<string> {
    const points = transformPoints(first.worldFromCam, unprojectDepth(first.depth, size, first.intrinsics));
    const scan = transformPoints(invertRigid(second.worldFromCam), points);
    const rows = Float32Array.from({ length: (scan.length / 3) * 4 }, (_, i) =>
      i % 4 < 3 ? scan[3 * Math.floor(i / 4) + (i % 4)]! : 1,
    );
    await writeInto(
      join(folder, "000150/point_cloud/LIDAR/1.npz"),
      encodeNpz({ data: { shape: [rows.length / 4, 4], data: rows } }),
    );
    await writePhoto(join(folder, "000150/rgb/CAMERA_01/1.png"), size);
    const image = (name: string, filename: string) => ({
      key: `key ${name}`,
      id: { log: "", name, timestamp: "2019-04-18T04:42:33Z", index: "0" },
      datum: { image: { filename, height: 48, width: 64, channels: 3, pose: pose(first.worldFromCam) } },
    });
    const lidar = {
      key: "key LIDAR",
      id: { log: "", name: "LIDAR", timestamp: "2019-04-18T04:42:33Z", index: "0" },
      datum: { point_cloud: { filename: "point_cloud/LIDAR/1.npz", pose: pose(second.worldFromCam) } },
    };
    const scene = {
      name: "000150",
      samples: [{ calibration_key: "c1", datum_keys: ["key CAMERA_05", "key CAMERA_01", "key LIDAR"] }],
      data: [image("CAMERA_05", "rgb/CAMERA_05/1.png"), image("CAMERA_01", "rgb/CAMERA_01/1.png"), lidar],
    };
    const { fx, fy, cx, cy } = first.intrinsics;
    const calibration = {
      names: ["LIDAR", "CAMERA_01"],
      intrinsics: [
        { fx: 1, fy: 1, cx: 0, cy: 0 },
        { fx, fy, cx, cy, skew: 0 },
      ],
    };
    await writeInto(join(folder, "000150/calibration/c1.json"), JSON.stringify(calibration));
    await writeInto(join(folder, "000150/scene_1.json"), JSON.stringify(scene));
    await writeInto(
      join(folder, "ddad.json"),
      JSON.stringify({
        metadata: {},
        scene_splits: { 0: { filenames: [] }, 1: { filenames: ["000150/scene_1.json"] } },
      }),
    );
    return join(folder, "000150/scene_1.json");
  }

  test("front camera and laser scan, each with its own pose", async () => {
    const folder = join(root, "ddad");
    await writeDdad(folder);
    const { ids, measured } = await measure("mono-ddad", knowing("1.png"), folder);
    expect(ids).toEqual(["rgb/CAMERA_01/1.png"]);
    expect(measured[0]!.metrics.abs_rel).toBeLessThan(0.01);
    expect(measured[0]!.metrics.coverage).toBe(1);
  });

  test("a split that is missing or empty, a scene that is cut off", async () => {
    const folder = join(root, "ddad bad");
    await expect(measure("mono-ddad", knowing(), folder)).rejects.toThrow(/ddad.json: there is no such file/);
    const scene = await writeDdad(folder);
    truncateSync(scene, 200);
    await expect(measure("mono-ddad", knowing("1.png"), folder)).rejects.toThrow(/scene_1.json: line 1: not JSON/);
    writeFileSync(join(folder, "ddad.json"), '{"scene_splits":{"1":{"filenames":[]}}}');
    await expect(measure("mono-ddad", knowing(), folder)).rejects.toThrow(/the validation split, is empty/);
    appendFileSync(join(folder, "ddad.json"), "}");
    await expect(measure("mono-ddad", knowing(), folder)).rejects.toThrow(/ddad.json: line 1/);
  });

  test.each<[string, string, (json: string) => string, RegExp]>([
    ["a pose that is not finite", "scene_1", (json) => json.replace(/"qw":[^,]+/g, '"qw":null'), /qw/],
    [
      "a quaternion that is none",
      "scene_1",
      (json) => json.replace(/"qw":[^,]+/g, '"qw":7'),
      /1\.png: its rotation has length 7.*; a unit quaternion is expected/,
    ],
    [
      "a sample twice",
      "scene_1",
      (json) => {
        const scene = JSON.parse(json);
        return JSON.stringify({ ...scene, samples: [...scene.samples, ...scene.samples] });
      },
      /rgb\/CAMERA_01\/1\.png is of two samples/,
    ],
    [
      "intrinsics of a larger photo",
      "calibration/c1",
      (json) => json.replace(/"cx":[\d.]+(?=,"cy":[\d.]+,"skew")/, '"cx":640'),
      /c1\.json: CAMERA_01: fx, fy, cx, cy of .*640.* are none of a photo of 64x48/,
    ],
  ])("%s", async (what, file, spoil, problem) => {
    const folder = join(root, `ddad ${what}`);
    await writeDdad(folder);
    const path = join(folder, "000150", `${file}.json`);
    writeFileSync(path, spoil(readFileSync(path, "utf8")));
    await expect(measure("mono-ddad", knowing("1.png"), folder)).rejects.toThrow(problem);
  });

  test("a scan without a point in the photo is no truth", async () => {
    const folder = join(root, "ddad behind");
    await writeDdad(folder);
    await writeInto(
      join(folder, "000150/point_cloud/LIDAR/1.npz"),
      encodeNpz({ data: { shape: [2, 4], data: new Float32Array(8) } }),
    );
    await expect(measure("mono-ddad", knowing("1.png"), folder)).rejects.toThrow(/no depth was measured/);
  });

  test("a scan that is cut off", async () => {
    const folder = join(root, "ddad npz");
    await writeDdad(folder);
    truncateSync(join(folder, "000150/point_cloud/LIDAR/1.npz"), 300);
    await expect(measure("mono-ddad", knowing("1.png"), folder)).rejects.toThrow(/1.npz/);
  });
});

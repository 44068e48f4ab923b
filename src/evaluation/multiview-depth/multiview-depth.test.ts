import { truncateSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oracleNetwork } from "../../../test/oracle-network.ts";
import { roomPhotos, writeGray16, writeGrayPhoto, writeInto, writePhoto } from "../../../test/room-photos.ts";
import { plane, sphere, texturedView } from "../../../test/textured-views.ts";
import type { Size } from "../../core/view.ts";
import { encodeNpz } from "../../formats/npz.ts";
import { rigidPose } from "../../geometry/pose.ts";
import { rotationFromVector } from "../../geometry/rotation.ts";
import { fuse, MULTIVIEW_DEPTH } from "./multiview-depth.ts";
import { readSampleList } from "./sample-list.ts";

/**
 * Written by Python's pickle with classes of RobustMVD's names: the sample Barn/key000001 of three images, the second being
 * the key view, with a NumPy array among its poses.
 */
const SAMPLE_LIST = Buffer.from(
  "gASVJgIAAAAAAABdlIwbcm12ZC5kYXRhLnRhbmtzX2FuZF90ZW1wbGVzlIwVVGFua3NBbmRUZW1wbGVzU2FtcGxllJOUKYGUfZQo" +
    "jARuYW1llIwOQmFybi9rZXkwMDAwMDGUjARiYXNllIwEQmFybpSMBGRhdGGUfZQojAZpbWFnZXOUXZQoaAGMFFRhbmtzQW5kVGVt" +
    "cGxlc0ltYWdllJOUKYGUfZSMBHBhdGiUjBNpbWFnZXMvMDAwMDAwMDAuanBnlHNiaA8pgZR9lGgSjBNpbWFnZXMvMDAwMDAwMDEu" +
    "anBnlHNiaA8pgZR9lGgSjBNpbWFnZXMvMDAwMDAwMDIuanBnlHNiZYwFcG9zZXOUXZSMFW51bXB5LmNvcmUubXVsdGlhcnJheZSM" +
    "DF9yZWNvbnN0cnVjdJSTlIwFbnVtcHmUjAduZGFycmF5lJOUSwCFlEMBYpSHlFKUKEsBSwRLBIaUaB+MBWR0eXBllJOUjAJmNJSJ" +
    "iIeUUpQoSwOMATyUTk5OSv////9K/////0sAdJRiiUNAAACAPwAAAAAAAAAAAAAAAAAAAAAAAIA/AAAAAAAAAAAAAAAAAAAAAAAA" +
    "gD8AAAAAAAAAAAAAAAAAAAAAAACAP5R0lGJhjAVkZXB0aJRoAYwUVGFua3NBbmRUZW1wbGVzRGVwdGiUk5QpgZR9lGgSjBBkZXB0" +
    "aC8wMDAwMDIubnB6lHNijAtrZXl2aWV3X2lkeJRLAXV1YmEu" +
    "",
  "base64",
);

const size = { width: 64, height: 48 };
const photos = roomPhotos(3, { ...size, focal: 60 });
const known = new Map(photos.map((photo, i) => [`0000000${i}.jpg`, photo]));
const network = { network: oracleNetwork(known), plan: { size: 64, patchSize: 16 } };
const tanks = MULTIVIEW_DEPTH.find(({ name }) => name === "mvd-tanks")!;

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dust3r-mvd-"));
});
afterAll(() => rm(root, { recursive: true }));

async function writeSample(folder: string, photoSize: Size = size): Promise<string> {
  for (const i of photos.keys()) await writePhoto(join(folder, `Barn/images/0000000${i}.jpg`), photoSize);
  const data = Float32Array.from(photos[1]!.depth, (z, i) => (i % 5 === 0 ? Number.POSITIVE_INFINITY : 3 * z));
  await writeInto(join(folder, "Barn/depth/000002.npz"), encodeNpz({ arr_0: { shape: [48, 64], data } }));
  const list = join(folder, "tanks_and_temples.robustmvd.mvd.pickle");
  await writeInto(list, SAMPLE_LIST);
  return list;
}

test("the benchmark's own list", () => {
  expect(readSampleList(SAMPLE_LIST, "list.pickle")).toEqual([
    {
      name: "Barn/key000001",
      base: "Barn",
      images: ["images/00000000.jpg", "images/00000001.jpg", "images/00000002.jpg"],
      depth: "depth/000002.npz",
      keyView: 1,
    },
  ]);
});

describe("Tanks and Temples", () => {
  test("an oracle network is right with any view", async () => {
    const folder = join(root, "right");
    await writeSample(folder);
    const [item] = await tanks.items(network, folder, {});
    const { metrics } = await item!.evaluate();
    expect(metrics).toMatchObject({ delta_1_03: 1 });
    expect(metrics.abs_rel).toBeLessThan(1e-5);
    const { tables } = tanks.summarize([{ id: "Barn", metrics, seconds: 2 }]);
    expect(tables[0]!.rows).toEqual([
      ["ours", "1", "0.0", "100.0", "1.0", "2.00"],
      ["DUSt3R 512 [paper]", "", "3.17", "76.68", "", ""],
    ]);
  });

  test("stereo corrects a network that is off by a tenth", async () => {
    const folder = join(root, "stereo");
    const shown = [0, 0.35, -0.3].map((x) =>
      texturedView(
        rigidPose(rotationFromVector([0, -x / 5, 0]), [x, x / 4, 0]),
        [plane([0.25, 0.1, 1], 4.2), sphere([0.1, 0.1, 3], 0.7)],
        { width: 176, height: 132 },
      ),
    );
    for (const [i, view] of shown.entries()) await writeGrayPhoto(join(folder, `Barn/images/0000000${i}.jpg`), view);
    const truth = { shape: [132, 176], data: shown[1]!.depth };
    await writeInto(join(folder, "Barn/depth/000002.npz"), encodeNpz({ arr_0: truth }));
    await writeInto(join(folder, "tanks_and_temples.robustmvd.mvd.pickle"), SAMPLE_LIST);
    const bent = shown.map((view) => ({
      ...view,
      depth: view.depth.map((z, i) => z * (1 + 0.1 * Math.sin((i % view.width) / 20))),
    }));
    const coarse = {
      network: oracleNetwork(new Map(bent.map((view, i) => [`0000000${i}.jpg`, view]))),
      plan: network.plan,
    };
    const errors: number[] = [];
    for (const dense of ["none", "stereo"] as const) {
      const [item] = await tanks.items({ ...coarse, dense }, folder, {});
      errors.push((await item!.evaluate()).metrics.abs_rel);
    }
    expect(errors[0]).toBeGreaterThan(0.03);
    expect(errors[1]).toBeLessThan(0.4 * errors[0]!);
  });

  test("lists that are missing, cut off, or something else", async () => {
    await expect(tanks.items(network, join(root, "none"), {})).rejects.toThrow(/there is no such file/);
    const folder = join(root, "bad");
    const list = await writeSample(folder);
    truncateSync(list, 200);
    await expect(tanks.items(network, folder, {})).rejects.toThrow(
      /tanks_and_temples.robustmvd.mvd.pickle: its pickle/,
    );
    writeFileSync(list, Buffer.from("gARdlC4=", "base64"));
    await expect(tanks.items(network, folder, {})).rejects.toThrow(/is not a list of samples/);
    writeFileSync(list, Buffer.from("cos\nsystem\n(S'true'\ntR.", "latin1"));
    await expect(tanks.items(network, folder, {})).rejects.toThrow(/refused/);
  });

  test("depth that is damaged", async () => {
    const folder = join(root, "damaged");
    await writeSample(folder);
    truncateSync(join(folder, "Barn/depth/000002.npz"), 500);
    const [item] = await tanks.items(network, folder, {});
    await expect(item!.evaluate()).rejects.toThrow(/000002.npz/);
  });

  test.each<[string, number[], Float32Array, RegExp]>([
    ["depth that is zero all over", [48, 64], new Float32Array(48 * 64), /000002\.npz has no depth where there is/],
    ["depth of another photo", [64, 48], new Float32Array(48 * 64).fill(2), /depth map is 48x64, its photo 64x48/],
    ["depth that is no map", [48 * 64], new Float32Array(48 * 64).fill(2), /a depth map is expected/],
  ])("%s", async (what, shape, data, problem) => {
    const folder = join(root, what);
    await writeSample(folder);
    await writeInto(join(folder, "Barn/depth/000002.npz"), encodeNpz({ arr_0: { shape, data } }));
    const [item] = await tanks.items(network, folder, {});
    await expect(item!.evaluate()).rejects.toThrow(problem);
  });

  test("a photo or the depth that is missing", async () => {
    const folder = join(root, "missing");
    await writeSample(folder);
    const [item] = await tanks.items(network, folder, {});
    await rm(join(folder, "Barn/images/00000002.jpg"));
    await expect(item!.evaluate()).rejects.toThrow(/00000002\.jpg/);
    await rm(join(folder, "Barn/depth/000002.npz"));
    await expect(item!.evaluate()).rejects.toThrow(/000002\.npz: there is no such file/);
  });
});

describe("depth in the other sets' formats", () => {
  const setOf = (name: string) => MULTIVIEW_DEPTH.find((candidate) => candidate.name === name)!;
  // The list's sample stands for any set's: only its depth is stored otherwise.
  const stored: readonly [string, string, (path: string) => Promise<void>][] = [
    [
      "mvd-kitti",
      "kitti",
      (path) =>
        writeGray16(
          path,
          size,
          photos[1]!.depth.map((z) => Math.round(256 * z)),
        ),
    ],
    [
      "mvd-scannet",
      "scannet",
      (path) =>
        writeGray16(
          path,
          size,
          photos[1]!.depth.map((z) => Math.round(1000 * z)),
        ),
    ],
    [
      "mvd-dtu",
      "dtu",
      // Rows from the bottom up, little-endian.
      (path) => {
        const rows = Array.from({ length: 48 }, (_, y) => photos[1]!.depth.subarray(64 * (47 - y), 64 * (48 - y)));
        const body = Buffer.concat(rows.map((row) => Buffer.from(Float32Array.from(row).buffer)));
        return writeInto(path, Buffer.concat([Buffer.from("Pf\n64 48\n-1.000000\n"), body]));
      },
    ],
  ];

  test.each(stored)("%s", async (name, list, write) => {
    const folder = join(root, name);
    await writeSample(folder);
    await writeInto(join(folder, `${list}.robustmvd.mvd.pickle`), SAMPLE_LIST);
    await rm(join(folder, "Barn/depth/000002.npz"));
    await write(join(folder, "Barn/depth/000002.npz"));
    const [item] = await setOf(name).items(network, folder, {});
    expect((await item!.evaluate()).metrics.abs_rel).toBeLessThan(0.01);
  });

  test("mvd-eth3d, whose maps have no header", async () => {
    // As it is released: 6048 x 4032 floats, infinite where the laser has measured nothing. Here 63 x 63 of them show one
    // pixel of a small photo, and its middle is measured.
    const small = { width: 96, height: 64 };
    const room = roomPhotos(3, { ...small, focal: 90 });
    const depth = new Float32Array(6048 * 4032).fill(Number.POSITIVE_INFINITY);
    room[1]!.depth.forEach((z, i) => {
      depth[6048 * (63 * Math.floor(i / 96) + 31) + 63 * (i % 96) + 31] = z;
    });
    const folder = join(root, "eth3d-whole");
    await writeSample(folder, small);
    await writeInto(join(folder, "eth3d.robustmvd.mvd.pickle"), SAMPLE_LIST);
    await writeInto(join(folder, "Barn/depth/000002.npz"), Buffer.from(depth.buffer));
    const oracle = oracleNetwork(new Map(room.map((photo, i) => [`0000000${i}.jpg`, photo])));
    const [item] = await setOf("mvd-eth3d").items({ network: oracle, plan: { size: 96, patchSize: 16 } }, folder, {});
    const { metrics } = await item!.evaluate();
    expect(metrics.abs_rel).toBeLessThan(0.01);
    expect(metrics.delta_1_03).toBeGreaterThan(0.95);
  });

  test("ETH3D's maps have one size", async () => {
    const folder = join(root, "eth3d");
    await writeSample(folder);
    await writeInto(join(folder, "eth3d.robustmvd.mvd.pickle"), SAMPLE_LIST);
    const [item] = await setOf("mvd-eth3d").items(network, folder, {});
    await expect(item!.evaluate()).rejects.toThrow(/6048 x 4032 floats are expected/);
  });
});

test("maps are scaled to the first and averaged by confidence", () => {
  const map = (depth: number[], confidence: number[]) => {
    return { depth: Float32Array.from(depth), confidence: Float32Array.from(confidence) };
  };
  const fused = fuse([map([2, 4, 6, 0], [1, 1, 3, 1]), map([1, 2, 4, 5], [1, 3, 1, 1])]);
  // The second is doubled: 2, 4, 8, 10.
  expect([...fused]).toEqual([2, 4, (3 * 6 + 8) / 4, 10]);
  expect([...fuse([map([0], [1])])]).toEqual([0]);
});

import { readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { decode } from "fast-png";
import { beforeAll, expect, test } from "vitest";
import { jpeg, npyIntegers, npyTexts, npz, put, putPhotoExrCamera } from "../dataset-files.ts";
import { planeView } from "../plane-view.ts";
import { dust3r, dust3rOutput, expectUserError, filesBelow, scratchFolder } from "./dust3r.ts";

const at = await scratchFolder();
const NAMES = ["a.jpg", "b.jpg", "c.jpg"];

/** A prepared MegaDepth set of three photos and two pairs. */
async function putSet(folder: string): Promise<void> {
  for (const [i, name] of NAMES.entries()) await putPhotoExrCamera(folder, `0000/0/${name}`, planeView(i));
  const pairs = npyIntegers([2, 3], [0, 0, 1, 0, 1, 2]);
  put(folder, "megadepth_pairs.npz", npz({ scenes: npyTexts(["0000 0"]), images: npyTexts(NAMES), pairs }));
}

beforeAll(() => putSet(at("set")));

test("a sound set: counts for people and as JSON, and a picture of its pairs", async () => {
  const report = await dust3rOutput("data", "check", "megadepth", at("set"), "--preview", at("sheet.png"), "--quiet");
  expect(report).toMatch(/^megadepth: 1 scenes, 3 frames, 2 pairs \(the paper trained on 1761k\)\n/);
  expect(report).toMatch(/^3 frames read; 100 % of their pixels have depth$/m);
  expect(report).toMatch(/^2 pairs read; the second view shows \d+ % of the first$/m);
  expect(report).toMatch(/^colors that both see differ by \d\.\d of 255$/m);
  expect(decode(readFileSync(at("sheet.png")))).toMatchObject({ height: 2 * 180 - 4 });
  const json = JSON.parse(await dust3rOutput("data", "check", "megadepth", at("set"), "--json"));
  expect(json).toMatchObject({
    name: "megadepth",
    scenes: 1,
    frames: 3,
    pairs: 2,
    checked: 3,
    broken: [],
    warnings: [],
  });
});

test("broken frames are listed; a set of which most is broken ends with 2", async () => {
  await putSet(at("damaged"));
  truncateSync(at("damaged", "0000/0/a.jpg.exr"), 900);
  const one = await dust3r("data", "check", "megadepth", at("damaged"));
  expect(one.code, one.stderr).toBe(0);
  expect(one.stdout).toMatch(
    /^1 frames cannot be used and are skipped in training:\n {2}0000\/0\/a\.jpg: .*a\.jpg\.exr: it is cut off/m,
  );
  writeFileSync(at("damaged", "0000/0/b.jpg.jpg"), await jpeg(planeView(1, { width: 32, height: 24 })));
  const most = await dust3r("data", "check", "megadepth", at("damaged"));
  expect(most.code).toBe(2);
  expect(most.stdout).toMatch(/^warning: 2 of 3 frames cannot be used$/m);
});

test("scenes are drawn into shards, whose names are the answer", async () => {
  const size = ["--scenes", "2", "--views", "2", "--width", "32", "--height", "24", "--workers", "1"];
  const { shards } = JSON.parse(await dust3rOutput("data", "generate", "-o", at("shards"), ...size, "--json"));
  const written = filesBelow(at("shards")).filter((name) => name.endsWith(".tar"));
  expect(shards).toEqual(written.map((name) => at("shards", name)));
});

test("a set that is not there, an unknown one, and one that needs no preparation", async () => {
  expectUserError(
    await dust3r("data", "check", "megadepth", at("nowhere")),
    /megadepth_pairs\.npz: there is no such file/,
  );
  expectUserError(await dust3r("data", "check", "imagenet", at("set")), /Allowed choices are habitat, co3d/);
  expectUserError(
    await dust3r("data", "prepare", "blendedmvs", "--from", at("set"), "--to", at("to")),
    /Allowed choices are co3d, scannetpp, arkitscenes, megadepth, waymo/,
  );
  expectUserError(
    await dust3r("data", "prepare", "co3d", "--from", at("set"), "--to", at("to")),
    /there is no category in it/,
  );
});

test("a release is prepared, and what cannot be used is said", async () => {
  const scene = "release/data/0a7cc12c0e";
  for (const i of [0, 1, 2]) put(at(), `${scene}/iphone/rgb/frame_00000${i}.jpg`, await jpeg(planeView(i)));
  const { fx, fy, cx, cy } = planeView(0).intrinsics;
  put(at(), `${scene}/iphone/colmap/cameras.txt`, `1 PINHOLE 64 48 ${fx} ${fy} ${cx + 0.5} ${cy + 0.5}\n`);
  // All from one place, each turned a little more; the scan is a triangle in front of them.
  const lines = [0, 1, 2].map(
    (i) => `${i + 1} ${Math.cos(0.05 * i)} 0 ${Math.sin(0.05 * i)} 0 0 0 0 1 frame_00000${i}.jpg\n\n`,
  );
  put(at(), `${scene}/iphone/colmap/images.txt`, lines.join(""));
  const header =
    "ply\nformat binary_little_endian 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n";
  const corners = Float32Array.of(-50, -30, 4, 50, -30, 4, 0, 60, 4);
  const face = Buffer.concat([Buffer.of(3), Buffer.from(Int32Array.of(0, 1, 2).buffer)]);
  put(
    at(),
    `${scene}/scans/mesh_aligned_0.05.ply`,
    Buffer.concat([Buffer.from(header), Buffer.from(corners.buffer), face]),
  );
  truncateSync(at(`${scene}/iphone/rgb/frame_000001.jpg`), 300);

  const report = await dust3rOutput(
    "data",
    "prepare",
    "scannetpp",
    "--from",
    at("release"),
    "--to",
    at("prepared"),
    "--quiet",
  );
  expect(report).toMatch(
    /^1 scenes, 2 frames and 1 pairs in .*prepared\n1 frames cannot be used and are left out:\n {2}0a7cc12c0e\/frame_000001: /,
  );
  rmSync(at(`${scene}/scans`), { recursive: true });
  const again = JSON.parse(
    await dust3rOutput("data", "prepare", "scannetpp", "--from", at("release"), "--to", at("prepared"), "--json"),
  );
  expect(again).toMatchObject({ scenes: 1, frames: 2, reused: 2, pairs: 1 });
  expect(JSON.parse(await dust3rOutput("data", "check", "scannetpp", at("prepared"), "--json"))).toMatchObject({
    frames: 2,
    pairs: 1,
    broken: [],
  });
});

import { truncateSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { oracleNetwork } from "../../../test/oracle-network.ts";
import { roomPhotos, writeInto, writePhoto } from "../../../test/room-photos.ts";
import { poseRows } from "../../formats/camera-matrices.ts";
import { invertRigid } from "../../geometry/pose.ts";
import type { Summary } from "../benchmark.ts";
import type { EvaluatedNetwork } from "../evaluated-network.ts";
import type { SequenceMetrics } from "./evaluate-sequence.ts";
import { RELATIVE_POSE } from "./relative-pose.ts";

const size = { width: 48, height: 32 };
const photos = roomPhotos(11, { ...size, focal: 45 });
const plan = { size: 48, patchSize: 16 };
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "dust3r-pose-"));
});
afterAll(() => rm(root, { recursive: true }));

async function measure(name: string, network: EvaluatedNetwork, folder: string) {
  const benchmark = RELATIVE_POSE.find((candidate) => candidate.name === name)!;
  const items = await benchmark.items(network, folder, {});
  const measured: { id: string; metrics: SequenceMetrics; seconds: number }[] = [];
  for (const { id, evaluate } of items) measured.push({ id, metrics: (await evaluate()).metrics, seconds: 1 });
  return benchmark.summarize(measured);
}

/** All accuracies of all rows are nearly perfect. */
function expectRight({ figures, tables }: Summary, sequences: number): void {
  const { results } = figures as {
    results: { frames: number; method: string; rra15: number; rta15: number; maa30: number }[];
  };
  expect(results.map(({ frames, method }) => `${frames} ${method}`)).toEqual(
    [3, 5, 10].flatMap((frames) => ["pnp", "global"].map((method) => `${frames} ${method}`)),
  );
  for (const result of results) {
    expect(result).toMatchObject({ rra15: 1, rta15: 1 });
    expect(result.maa30).toBeGreaterThan(0.9);
  }
  expect(tables[0]!.rows[5]!.slice(0, 4)).toEqual(["ours, global, 10 photos", String(sequences), "100.0", "100.0"]);
}

test("cameras refined on features have rows of their own", () => {
  const { summarize } = RELATIVE_POSE.find(({ name }) => name === "pose-re10k")!;
  const right = [{ rotation: 0, translation: 0, translationUnsigned: 0 }];
  const wrong = [{ rotation: 50, translation: 50, translationUnsigned: 50 }];
  const errors = { pnp: wrong, global: wrong, refined: right };
  const metrics = { group: "videos", frames: { 3: errors, 5: errors, 10: errors } };
  const { figures, tables } = summarize([{ id: "a", metrics, seconds: 1 }]);
  expect((figures as { results: { maa30: number }[] }).results.map(({ maa30 }) => maa30)).toEqual(
    [3, 5, 10].flatMap(() => [0, 0, 1]),
  );
  expect(tables[0]!.rows[8]!.slice(0, 3)).toEqual(["ours, refined, 10 photos", "1", "100.0"]);
});

describe("RealEstate10K", () => {
  const stamp = (i: number) => String(45_979_267 + 33_367 * i);
  const known = new Map(photos.map((photo, i) => [`${stamp(i)}.png`, photo]));
  const network = { network: oracleNetwork(known), plan, refine: "none" } as const;
  const cameraLine = (i: number) => {
    const pose = invertRigid(photos[i]!.worldFromCam);
    return `${stamp(i)} 0.9 1.4 0.5 0.5 0.0 0.0 ${Array.from(pose.subarray(0, 12), (x) => x.toFixed(9)).join(" ")}`;
  };

  async function writeVideo(folder: string, lines: readonly string[]): Promise<void> {
    await writeInto(
      join(folder, "test/000c3ab189999a83.txt"),
      `https://www.youtube.com/watch?v=x\n${lines.join("\n")}\n`,
    );
    for (const i of photos.keys()) await writePhoto(join(folder, `frames/000c3ab189999a83/${stamp(i)}.png`), size);
  }

  test("videos whose frames are there", async () => {
    const folder = join(root, "re10k");
    await writeVideo(
      folder,
      photos.map((_, i) => cameraLine(i)),
    );
    expectRight(await measure("pose-re10k", network, folder), 1);
    await writeInto(join(folder, "test/0f1d.txt"), `https://gone\n${cameraLine(0)}\n`);
    const items = await RELATIVE_POSE.find(({ name }) => name === "pose-re10k")!.items(network, folder, {});
    expect(items.map(({ id }) => id)).toEqual(["000c3ab189999a83", "0f1d"]);
    await expect(items[1]!.evaluate()).rejects.toThrow(/0f1d: 0 photos, 10 are needed/);
  });

  test.each<[string, (lines: string[]) => void, RegExp]>([
    ["a pose that is not finite", (lines) => lines.splice(3, 1, lines[3]!.replace(/\S+$/, "nan")), /45979267|46079368/],
    [
      "a rotation that is stretched",
      (lines) => lines.splice(2, 1, lines[2]!.replace(/(0\.0 0\.0) \S+/, "$1 3.0")),
      /no rotation/,
    ],
    ["a frame twice", (lines) => lines.push(lines[0]!), /the time stamp 45979267 is listed twice/],
    ["a line that is cut off", (lines) => lines.push("1 2 3"), /frame 12 has 3 fields, 19 are expected/],
  ])("%s", async (what, spoil, problem) => {
    const folder = join(root, `re10k ${what}`);
    const lines = photos.map((_, i) => cameraLine(i));
    spoil(lines);
    await writeVideo(folder, lines);
    await expect(measure("pose-re10k", network, folder)).rejects.toThrow(problem);
  });

  test("too few frames are told, and missing folders", async () => {
    const folder = join(root, "re10k few");
    await writeVideo(folder, [cameraLine(0), cameraLine(1)]);
    await expect(measure("pose-re10k", network, folder)).rejects.toThrow(/2 photos, 10 are needed/);
    await expect(measure("pose-re10k", network, join(root, "none"))).rejects.toThrow(
      /the camera files of RealEstate10K/,
    );
    const empty = join(root, "re10k frames");
    await writeInto(join(empty, "test/a.txt"), "https://gone\n");
    await expect(measure("pose-re10k", network, empty)).rejects.toThrow(/of no video in test\/ are there/);
  });
});

describe("CO3Dv2", () => {
  const known = new Map(photos.map((photo, i) => [`frame${i}.jpg`, photo]));
  const network = { network: oracleNetwork(known), plan, refine: "none" } as const;

  /** PyTorch3D: points as rows, x_view = x_world R + T, x to the left and y up. */
  function viewpoint(i: number) {
    const p = invertRigid(photos[i]!.worldFromCam);
    const flip = [-1, -1, 1];
    const R = [0, 1, 2].map((row) => [0, 1, 2].map((column) => flip[column]! * p[4 * column + row]!));
    return {
      R,
      T: flip.map((sign, k) => sign * p[4 * k + 3]!),
      focal_length: [2, 2],
      principal_point: [0, 0],
      intrinsics_format: "ndc_isotropic",
    };
  }

  type Frame = { viewpoint: ReturnType<typeof viewpoint> | null; image: { path: string } };

  async function writeCategory(folder: string, spoil: (frames: Frame[]) => void = () => {}): Promise<string> {
    const frames = photos.map((_, i) => ({
      sequence_name: "189_20393_38136",
      frame_number: i,
      frame_timestamp: i / 30,
      image: { path: `apple/189_20393_38136/images/frame${i}.jpg`, size: [32, 48] },
      depth: null,
      mask: null,
      viewpoint: viewpoint(i),
      meta: { frame_type: "test_unseen" },
    }));
    const other = { ...frames[0], sequence_name: "999_1_1" };
    spoil(frames);
    const path = join(folder, "apple/frame_annotations.jgz");
    await writeInto(path, gzipSync(JSON.stringify([...frames, other, { ...other, viewpoint: null }])));
    const test = frames.map(({ sequence_name, frame_number, image }) => [sequence_name, frame_number, image.path]);
    await writeInto(
      join(folder, "apple/set_lists/set_lists_fewview_dev.json"),
      JSON.stringify({ train: [], val: [], test }),
    );
    for (const i of photos.keys()) await writePhoto(join(folder, `apple/189_20393_38136/images/frame${i}.jpg`), size);
    return path;
  }

  test("test sequences, from PyTorch3D's conventions", async () => {
    const folder = join(root, "co3d");
    await writeCategory(folder);
    await writeInto(join(folder, "other category/x.txt"), "x");
    expectRight(await measure("pose-co3d", network, folder), 1);
  });

  test.each<[string, (frames: Frame[]) => void, RegExp]>([
    ["a pose that is not finite", ([frame]) => (frame!.viewpoint!.T[1] = Number.NaN), /frame_annotations\.jgz/],
    ["a rotation that is stretched", ([frame]) => (frame!.viewpoint!.R[0]![0]! *= 2), /frame 0: .*no rotation/],
    [
      "a photo twice",
      ([frame, other]) => (other!.image = frame!.image),
      /frame 1: apple\/189_20393_38136\/images\/frame0\.jpg is listed twice/,
    ],
    ["too few poses", (frames) => frames.slice(2).map((frame) => (frame.viewpoint = null)), /2 photos, 10 are needed/],
  ])("%s", async (what, spoil, problem) => {
    const folder = join(root, `co3d ${what}`);
    await writeCategory(folder, spoil);
    await expect(measure("pose-co3d", network, folder)).rejects.toThrow(problem);
  });

  test("a photo that is missing or cut off", async () => {
    const folder = join(root, "co3d photos");
    await writeCategory(folder);
    for (const i of photos.keys()) truncateSync(join(folder, `apple/189_20393_38136/images/frame${i}.jpg`), 60);
    await expect(measure("pose-co3d", network, folder)).rejects.toThrow(/frame\d+\.jpg/);
  });

  test("what is missing, empty or cut off", async () => {
    const folder = join(root, "co3d bad");
    await expect(measure("pose-co3d", network, folder)).rejects.toThrow(/none of CO3Dv2's categories/);
    const path = await writeCategory(folder);
    truncateSync(path, 400);
    await expect(measure("pose-co3d", network, folder)).rejects.toThrow(
      /frame_annotations.jgz: its compressed content is damaged or cut off/,
    );
    await writeInto(join(folder, "apple/set_lists/set_lists_fewview_dev.json"), '{"test":[]}');
    await expect(measure("pose-co3d", network, folder)).rejects.toThrow(/its test split is empty/);
  });
});

describe("photos with poses", () => {
  const known = new Map(photos.map((photo, i) => [`${i}.png`, photo]));
  const network = { network: oracleNetwork(known), plan, refine: "none" } as const;

  async function writeScene(folder: string, count = photos.length): Promise<void> {
    const images = photos.slice(0, count).map(({ worldFromCam }, i) => ({
      file: `${i}.png`,
      ...size,
      world_from_cam: poseRows(worldFromCam),
    }));
    const last = { file: "unposed.png", ...size };
    await writeInto(join(folder, "scene.json"), JSON.stringify({ images: [...images, last] }));
    for (const { file } of images) await writePhoto(join(folder, file), size);
  }

  test("scenes of ten photos and more; of the others it is said that they are too few", async () => {
    const folder = join(root, "scenes");
    await writeScene(join(folder, "a"));
    expectRight(await measure("pose-photos", network, folder), 1);
    expectRight(await measure("pose-photos", network, join(folder, "a")), 1);
    await writeScene(join(folder, "b"), 9);
    const items = await RELATIVE_POSE.find(({ name }) => name === "pose-photos")!.items(network, folder, {});
    expect(items.map(({ id }) => id)).toEqual(["a", "b"]);
    await expect(items[1]!.evaluate()).rejects.toThrow(/b: 9 photos, 10 are needed/);
  });

  test("a folder without scenes", async () => {
    await expect(measure("pose-photos", network, join(root, "no scenes"))).rejects.toThrow(
      /neither a scene.json nor folders of scenes/,
    );
  });
});

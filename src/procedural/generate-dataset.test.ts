import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeImage, openFile } from "#platform";
import { readTar } from "../../test/read-tar.ts";
import type { ProgressEvent } from "../core/progress.ts";
import { decodePng16 } from "../formats/png16.ts";
import { composePoses, identityPose } from "../geometry/pose.ts";
import { type DatasetOptions, generateDataset } from "./generate-dataset.ts";
import { generateScene } from "./generate-scene.ts";
import type { SampleRecord } from "./write-shard.ts";

const scene = { width: 32, height: 24, views: 3, textureSize: 32, shadowSize: 32 };
const options: Partial<DatasetOptions> = { seed: 3, scenes: 5, scenesPerShard: 2, scene };
const root = mkdtempSync(join(tmpdir(), "dataset-"));
const folder = join(root, "two-workers");
let shards: readonly string[] = [];

beforeAll(async () => {
  shards = await generateDataset(folder, { ...options, workers: 2 });
}, 60_000);
afterAll(() => rmSync(root, { recursive: true }));

const contents = (paths: readonly string[]): Buffer[] => paths.map((path) => readFileSync(path));

test("shards hold picture, depth and record of every view, for any tar", async () => {
  const names = execFileSync("tar", ["tf", shards[0]!], { encoding: "utf8" }).trim().split("\n");
  expect(names.slice(0, 4)).toEqual([
    "00000000-00.jpg",
    "00000000-00.depth.png",
    "00000000-00.json",
    "00000000-01.jpg",
  ]);
  expect(names.length).toBe(2 * 3 * 3);

  const expected = generateScene(3, 0, scene);
  const source = await openFile(shards[0]!);
  const files = new Map((await readTar(source)).map(({ name, bytes }) => [name, bytes]));
  await source.close();
  const record = JSON.parse(new TextDecoder().decode(files.get("00000000-01.json"))) as SampleRecord;
  const view = expected.views[1]!;
  expect(record.world_from_cam.flat()).toEqual(Array.from(view.worldFromCam));
  expect(record.K[0]).toEqual([view.intrinsics.fx, 0, view.intrinsics.cx]);
  expect(record.overlap[0]).toBeCloseTo(expected.overlap[3]!, 4);
  const identity = composePoses(
    Float64Array.from(record.cam_from_world.flat()),
    Float64Array.from(record.world_from_cam.flat()),
  );
  for (const [i, value] of identity.entries()) expect(value).toBeCloseTo(identityPose()[i]!, 9);

  const depth = decodePng16(files.get("00000000-01.depth.png")!, "depth");
  depth.data.forEach((value, i) => {
    expect(Math.abs(value * record.depth_scale - view.depth[i]!)).toBeLessThanOrEqual(0.5001 * record.depth_scale);
  });
  const photo = join(root, "view.jpg");
  writeFileSync(photo, files.get("00000000-01.jpg")!);
  const { rgb } = await decodeImage(photo);
  expect(rgb.reduce((sum, value, i) => sum + Math.abs(value - view.rgb[i]!), 0) / rgb.length).toBeLessThan(12);
});

test("one worker makes the same bytes as two", async () => {
  const alone = await generateDataset(join(root, "one-worker"), { ...options, workers: 1 });
  expect(alone.map((path) => basename(path))).toEqual(shards.map((path) => basename(path)));
  expect(contents(alone).every((bytes, i) => bytes.equals(contents(shards)[i]!))).toBe(true);
});

test("a run that was cut off goes on where it stopped", async () => {
  const before = contents(shards);
  const stopped = join(root, "stopped");
  const abort = new AbortController();
  const run = generateDataset(stopped, {
    ...options,
    workers: 1,
    signal: abort.signal,
    onProgress: () => abort.abort(new Error("Ctrl-C")),
  });
  await expect(run).rejects.toThrow("Ctrl-C");
  const finished = readdirSync(stopped).filter((name) => name.endsWith(".tar"));
  expect(finished).toEqual([basename(shards[0]!)]);

  writeFileSync(join(stopped, `${basename(shards[1]!)}.partial`), "half a shard");
  const events: ProgressEvent[] = [];
  const paths = await generateDataset(stopped, { ...options, workers: 1, onProgress: (event) => events.push(event) });
  expect(events.map(({ done, reused, total }) => [done, reused, total])).toEqual([
    [2, 1, 3],
    [3, 1, 3],
  ]);
  expect(contents(paths).every((bytes, i) => bytes.equals(before[i]!))).toBe(true);
  expect(readdirSync(stopped).some((name) => name.endsWith(".partial"))).toBe(false);
});

test("a folder made with other settings is refused", async () => {
  await expect(generateDataset(folder, { ...options, seed: 4 })).rejects.toThrow(/made with other settings/);
});

import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readTar } from "../../test/read-tar.ts";
import { bytesInMemory } from "../core/byte-source.ts";
import { encodePng16 } from "../formats/png16.ts";
import { encodeTarEntry, TAR_END, type TarEntry } from "../formats/tar.ts";
import { generateScene, SCENE_DEFAULTS } from "../procedural/generate-scene.ts";
import { writeShard } from "../procedural/write-shard.ts";
import { openShards } from "./shard-scenes.ts";

const DRAWING = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="32" height="24"/>');
const SCENE = { ...SCENE_DEFAULTS, width: 32, height: 24, views: 3 };
let entries: TarEntry[];
let original: string;
let folder: string;
beforeAll(async () => {
  original = mkdtempSync(join(tmpdir(), "dust3r-shards-"));
  const path = join(original, "a.tar");
  await writeShard({ portrait: 0, path, seed: 5, first: 0, count: 2, scene: SCENE });
  entries = await readTar(bytesInMemory(path, new Uint8Array(readFileSync(path))));
});
afterAll(() => rmSync(original, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dust3r-shards-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A shard with some entries replaced, or left out where `change` gives undefined. */
function shardOf(change: (entry: TarEntry) => TarEntry | undefined): void {
  const changed = entries.flatMap((entry) => change(entry) ?? []);
  writeFileSync(join(folder, "shard.tar"), Buffer.concat([...changed.map(encodeTarEntry), TAR_END]));
}

const edited = (entry: TarEntry, edit: (record: Record<string, unknown>) => object): TarEntry => ({
  ...entry,
  bytes: new TextEncoder().encode(JSON.stringify(edit(JSON.parse(new TextDecoder().decode(entry.bytes))))),
});

test("scenes come back as they were generated", async () => {
  const shards = await openShards(original);
  expect(shards.count).toBe(2);
  const scene = (await shards.scene(1))!;
  const truth = generateScene(5, 1, SCENE);
  expect(scene.views.length).toBe(3);
  scene.views.forEach((view, i) => {
    const { intrinsics, worldFromCam, depth, rgb } = truth.views[i]!;
    expect(view).toMatchObject({ width: 32, height: 24, intrinsics });
    expect(view.worldFromCam).toEqual(worldFromCam);
    const farthest = Math.max(...depth);
    expect(Math.max(...depth.map((z, k) => Math.abs(z - view.depth[k]!)))).toBeLessThan(farthest / 65535);
    // JPEG is lossy.
    const error = rgb.reduce((sum, value, k) => sum + Math.abs(value - view.rgb[k]!), 0) / rgb.length;
    expect(error).toBeLessThan(20);
  });
  scene.overlap.forEach((share, i) => {
    expect(share).toBeCloseTo(truth.overlap[i]!, 3);
  });
});

test("shards of other makers: no version, no overlap, files that are not asked for", async () => {
  shardOf((entry) => (entry.name.endsWith(".json") ? edited(entry, ({ overlap, version, ...rest }) => rest) : entry));
  const { scene } = await openShards(folder);
  const { overlap } = (await scene(0))!;
  const truth = generateScene(5, 0, SCENE).overlap;
  overlap.forEach((share, i) => {
    expect(Math.abs(share - truth[i]!)).toBeLessThan(0.1);
  });
});

test("a view without depth is left out; a scene with fewer than two views is none", async () => {
  const empty = await encodePng16({ width: 32, height: 24, data: new Uint16Array(32 * 24) });
  shardOf((entry) =>
    /00000000-01\.depth|00000001-0[01]\.depth/.test(entry.name) ? { ...entry, bytes: empty } : entry,
  );
  const { scene } = await openShards(folder);
  const truth = generateScene(5, 0, SCENE).overlap;
  const { views, overlap } = (await scene(0))!;
  expect(views.length).toBe(2);
  expect(overlap[1]).toBeCloseTo(truth[2]!, 3);
  expect(await scene(1)).toBeUndefined();
});

describe("what cannot be read is named", () => {
  test.each<[string, (entry: TarEntry) => TarEntry | undefined, RegExp]>([
    [
      "another version",
      (entry) => (entry.name.endsWith("json") ? edited(entry, (record) => ({ ...record, version: 2 })) : entry),
      /shard\.tar, 00000000-00\.json: version 2 .*reads version 1/,
    ],
    [
      "a matrix that is none",
      (entry) => (entry.name.endsWith("json") ? edited(entry, (record) => ({ ...record, K: [1, 2] })) : entry),
      /00000000-00\.json: K/,
    ],
    [
      "no JSON",
      (entry) => (entry.name.endsWith("json") ? { ...entry, bytes: Uint8Array.of(1) } : entry),
      /00000000-00\.json: line 1: not JSON/,
    ],
    [
      "a damaged picture",
      (entry) => (entry.name.endsWith("jpg") ? { ...entry, bytes: entry.bytes.subarray(0, 200) } : entry),
      /00000000-00\.jpg.*damaged/,
    ],
    [
      "a drawing called .jpg",
      (entry) => (entry.name.endsWith("jpg") ? { ...entry, bytes: DRAWING } : entry),
      /00000000-00\.jpg: is not a JPEG, PNG, .* by its first bytes/,
    ],
    [
      "a part that is missing",
      (entry) => (entry.name === "00000000-01.depth.png" ? undefined : entry),
      /shard\.tar: 00000000-01 has no depth\.png/,
    ],
  ])("%s", async (_, change, message) => {
    shardOf(change);
    await expect(openShards(folder).then(({ scene }) => scene(0))).rejects.toThrow(message);
  });

  test("depth of another size", async () => {
    const small = await encodePng16({ width: 2, height: 2, data: new Uint16Array(4) });
    shardOf((entry) => (entry.name.endsWith("depth.png") ? { ...entry, bytes: small } : entry));
    await expect(openShards(folder).then(({ scene }) => scene(0))).rejects.toThrow(
      /00000000-00\.depth\.png: is 2x2, its photo 32x24/,
    );
  });

  test("a shard that is cut off, before any picture is read", async () => {
    shardOf((entry) => entry);
    truncateSync(join(folder, "shard.tar"), 5000);
    await expect(openShards(folder)).rejects.toThrow(/shard\.tar: the tar archive is cut off \(at byte \d+\)/);
  });

  test("a folder without shards", async () => {
    await expect(openShards(folder)).rejects.toThrow(/no \.tar file.*data generate/);
    await expect(openShards(join(folder, "none"))).rejects.toThrow(/no such folder/);
  });
});

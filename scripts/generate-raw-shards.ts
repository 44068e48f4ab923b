/**
 * Renders procedural scenes as uncompressed shards for tools/torch: the same scenes that `dust3r train` trains on,
 * without photo codecs, so that one bundled file runs wherever there is Node. Run several, each with its own share.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type TensorContent, writeSafetensors } from "../src/formats/safetensors-writer.ts";
import { SCENE_COLLECTIONS } from "../src/procedural/scene-collection.ts";
import type { RgbdScene, RgbdView } from "../src/rgbd/rgbd-view.ts";
import { trainingScene } from "../src/training/batches/scene-series.ts";

const USAGE = `usage: node generate-raw-shards.mjs FOLDER [--seed 1] [--scenes 1000000] [--views 8]
  [--width 96] [--height 72] [--portrait 0.2] [--collection figures]
  [--per-shard 8] [--share 0/1: this process's of how many]`;

/**
 * A shard: `size` [scenes, 2] (width, height), `rgb` U8 [scenes, views, pixels, 3], `depth` U16 [scenes, views, pixels]
 * in units of `depth_scale` [scenes, views] (0: none), `intrinsics` [scenes, views, 4] (fx, fy, cx, cy),
 * `world_from_cam` [scenes, views, 4, 4] and `overlap` [scenes, views, views]; F32 where nothing is said.
 */
export function encodeRawShard(scenes: readonly RgbdScene[]): Uint8Array {
  const views = scenes.flatMap((scene) => scene.views);
  const lead = [scenes.length, views.length / scenes.length];
  const pixels = views[0]!.depth.length;
  const scales = views.map(({ depth }) => depth.reduce((most, z) => Math.max(most, z), 0) / 65535 || 1);
  const floats = (of: (view: RgbdView, i: number) => Iterable<number>, shape: readonly number[]): TensorContent => ({
    dtype: "F32",
    shape: [...lead, ...shape],
    values: Float32Array.from(views.flatMap((view, i) => [...of(view, i)])),
  });
  const sizes = scenes.flatMap(({ views: [first] }) => [first!.width, first!.height]);
  return writeSafetensors(
    new Map<string, TensorContent>([
      ["size", { dtype: "I32", shape: [scenes.length, 2], values: Int32Array.from(sizes) }],
      ["rgb", { dtype: "U8", shape: [...lead, pixels, 3], values: joined(views, 3 * pixels, (view) => view.rgb) }],
      ["depth", { dtype: "U16", shape: [...lead, pixels], values: depthUnits(views, scales) }],
      ["depth_scale", floats((_, i) => [scales[i]!], [])],
      ["intrinsics", floats(({ intrinsics: { fx, fy, cx, cy } }) => [fx, fy, cx, cy], [4])],
      ["world_from_cam", floats((view) => view.worldFromCam, [4, 4])],
      [
        "overlap",
        { dtype: "F32", shape: [...lead, lead[1]!], values: Float32Array.from(scenes.flatMap((s) => [...s.overlap])) },
      ],
    ]),
  );
}

function joined(views: readonly RgbdView[], size: number, of: (view: RgbdView) => Uint8Array): Uint8Array {
  const all = new Uint8Array(views.length * size);
  views.forEach((view, i) => {
    all.set(of(view), i * size);
  });
  return all;
}

function depthUnits(views: readonly RgbdView[], scales: readonly number[]): Uint16Array {
  const size = views[0]!.depth.length;
  const all = new Uint16Array(views.length * size);
  views.forEach(({ depth }, i) => {
    for (let at = 0; at < size; at++) all[i * size + at] = Math.round(depth[at]! / scales[i]!);
  });
  return all;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string", default: "1" },
      scenes: { type: "string", default: "1000000" },
      views: { type: "string", default: "8" },
      width: { type: "string", default: "96" },
      height: { type: "string", default: "72" },
      portrait: { type: "string", default: "0.2" },
      collection: { type: "string", default: "figures" },
      "per-shard": { type: "string", default: "8" },
      share: { type: "string", default: "0/1" },
    },
  });
  const [folder] = positionals;
  const number = (name: Exclude<keyof typeof values, "share" | "collection">): number => Number(values[name]);
  const [seed, scenes, perShard] = [number("seed"), number("scenes"), number("per-shard")];
  const [width, height, views, portrait] = [number("width"), number("height"), number("views"), number("portrait")];
  const [own, shares] = values.share.split("/").map(Number);
  const all = [seed, scenes, perShard, width, height, views, portrait, own, shares];
  const collection = SCENE_COLLECTIONS.find((name) => name === values.collection);
  if (folder === undefined || collection === undefined || !all.every(Number.isFinite)) throw new Error(USAGE);
  await mkdir(folder, { recursive: true });
  for (let shard = own!; shard * perShard < scenes; shard += shares!) {
    const path = join(folder, `scenes-${String(shard).padStart(8, "0")}.safetensors`);
    if (existsSync(path)) continue;
    const count = Math.min(perShard, scenes - shard * perShard);
    const made = Array.from({ length: count }, (_, i) => {
      return trainingScene({ seed, width, height, views, portrait, collection }, shard * perShard + i);
    });
    await writeFile(`${path}.partial`, encodeRawShard(made));
    await rename(`${path}.partial`, path);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
}

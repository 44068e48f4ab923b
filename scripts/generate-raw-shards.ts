/**
 * Renders procedural scenes as uncompressed shards for tools/torch: the same scenes that `dust3r train` trains on.
 * `scripts/pack-gpu-kit.ts` bundles it into one file, which runs wherever there is Node. Run several, each with its own share.
 */
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type TensorContent, writeSafetensors } from "../src/formats/safetensors-writer.ts";
import { SCENE_COLLECTIONS } from "../src/procedural/scene-collection.ts";
import type { RgbdScene, RgbdView } from "../src/rgbd/rgbd-view.ts";
import { furnishedSeries } from "../src/training/batches/procedural-series.ts";

const USAGE = `usage: node generate-raw-shards.mjs FOLDER [--seed 1] [--scenes 1000000] [--views 8]
  [--width 96] [--height 72] [--other-heights 96,64] [--portrait 0.2]
  [--collection figures] [--figures 0] [--assets FOLDER] [--textures FOLDER]
  [--per-shard 8] [--share 0/1: this process's of how many] [--seconds: end after these]`;

/**
 * A shard: `size` [scenes, 2] (width, height), `rgb` U8 [pixels, 3] of all scenes and their views, one after the other,
 * `depth` U16 [pixels] in units of `depth_scale` [scenes, views] (0: none), `intrinsics` [scenes, views, 4] (fx, fy, cx,
 * cy), `world_from_cam` [scenes, views, 4, 4] and `overlap` [scenes, views, views]; F32 where nothing is said.
 */
export function encodeRawShard(scenes: readonly RgbdScene[]): Uint8Array {
  const views = scenes.flatMap((scene) => scene.views);
  const lead = [scenes.length, views.length / scenes.length];
  const pixels = views.reduce((sum, { depth }) => sum + depth.length, 0);
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
      ["rgb", { dtype: "U8", shape: [pixels, 3], values: joinedColors(views, pixels) }],
      ["depth", { dtype: "U16", shape: [pixels], values: depthUnits(views, scales, pixels) }],
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

function joinedColors(views: readonly RgbdView[], pixels: number): Uint8Array {
  const all = new Uint8Array(3 * pixels);
  let at = 0;
  for (const { rgb } of views) {
    all.set(rgb, at);
    at += rgb.length;
  }
  return all;
}

function depthUnits(views: readonly RgbdView[], scales: readonly number[], pixels: number): Uint16Array {
  const all = new Uint16Array(pixels);
  let at = 0;
  views.forEach(({ depth }, i) => {
    for (const z of depth) all[at++] = Math.round(z / scales[i]!);
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
      "other-heights": { type: "string", default: "" },
      portrait: { type: "string", default: "0.2" },
      collection: { type: "string", default: "figures" },
      figures: { type: "string", default: "0" },
      assets: { type: "string" },
      textures: { type: "string" },
      "per-shard": { type: "string", default: "8" },
      share: { type: "string", default: "0/1" },
      seconds: { type: "string", default: "Infinity" },
    },
  });
  const [folder] = positionals;
  const number = (name: Exclude<keyof typeof values, "assets" | "textures">): number => Number(values[name]);
  const [seed, scenes, perShard, seconds] = [number("seed"), number("scenes"), number("per-shard"), number("seconds")];
  const [width, height, views] = [number("width"), number("height"), number("views")];
  const [portrait, figures] = [number("portrait"), number("figures")];
  const otherHeights = values["other-heights"].split(",").filter(Boolean).map(Number);
  const [own, shares] = values.share.split("/").map(Number);
  const all = [seed, scenes, perShard, width, height, ...otherHeights, views, portrait, figures, own, shares];
  const collection = SCENE_COLLECTIONS.find((name) => name === values.collection);
  if (folder === undefined || collection === undefined || !all.every(Number.isFinite) || Number.isNaN(seconds)) {
    throw new Error(USAGE);
  }
  const { assets, textures } = values;
  const shapes = { width, height, otherHeights, portrait };
  const sceneAt = furnishedSeries({ ...shapes, seed, views, collection, figures }, { assets, textures });
  await mkdir(folder, { recursive: true });
  for (let shard = own!; shard * perShard < scenes && performance.now() < 1000 * seconds; shard += shares!) {
    const path = join(folder, `scenes-${String(shard).padStart(8, "0")}.safetensors`);
    if (existsSync(path)) continue;
    const count = Math.min(perShard, scenes - shard * perShard);
    const made: RgbdScene[] = [];
    for (let i = 0; i < count; i++) made.push(await sceneAt(shard * perShard + i));
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

import { joinPath, pathContent, readText, requestWorkers, startWorkerProcess, writeText } from "#platform";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import { openScenery, type SceneryFolders } from "./assets/scenery.ts";
import {
  checkOptions,
  type GeneratedScene,
  type GenerateSceneOptions,
  generateScene,
  SCENE_DEFAULTS,
} from "./generate-scene.ts";
import { sceneSize } from "./scene-size.ts";
import type { ShardJob } from "./shard-worker.ts";
import type { ShardRequest } from "./write-shard.ts";

/** What to generate; see `DATASET_DEFAULTS`. */
export interface DatasetOptions extends RunOptions, SceneryFolders {
  /** Scenes with different seeds have nothing in common. */
  readonly seed: number;
  readonly scenes: number;
  readonly scenesPerShard: number;
  /** Processes at work. */
  readonly workers: number;
  /** How each scene is made, where it differs from `SCENE_DEFAULTS`. */
  readonly scene: Partial<GenerateSceneOptions>;
  /** Heights of landscape photos beside the scene's: each scene has one of all of them. */
  readonly otherHeights: readonly number[];
  /** Share of scenes photographed upright. */
  readonly portrait: number;
}

/** A small training set on two processes. */
const DATASET_DEFAULTS = {
  seed: 1,
  scenes: 1000,
  scenesPerShard: 50,
  workers: 2,
  scene: {},
  otherHeights: [],
  portrait: 0,
} as const;

const RECORD = "dataset.json";

/** The shards of a data set. */
export interface DatasetPlan {
  /** The paths of all of them, in order. */
  readonly paths: readonly string[];
  readonly missing: readonly ShardRequest[];
  readonly folders: SceneryFolders;
}

/**
 * Fills `folder` with procedural scenes as WebDataset shards (`writeShard`), in parallel processes. Scene k depends on
 * the seed and k alone. A shard appears only when it is complete, so that a run that was cut off goes on where it
 * stopped; a folder made with other settings is refused with an `InputError`.
 * @returns the paths of all shards, in order
 */
export async function generateDataset(
  folder: string,
  options: Partial<DatasetOptions> = {},
): Promise<readonly string[]> {
  const { paths, missing, folders } = await planDataset(folder, options);
  const { workers = DATASET_DEFAULTS.workers, onProgress, signal } = options;
  const reused = paths.length - missing.length;
  let done = reused;
  await requestWorkers(
    missing.map((shard): ShardJob => ({ shard, folders })),
    {
      start: () => startWorkerProcess(import.meta.url, "shard-worker", "generates scenes"),
      workers: Math.min(workers, missing.length),
      signal,
      onAnswer: (i) =>
        onProgress?.({ stage: "generate", done: ++done, total: paths.length, reused, item: missing[i]!.path }),
    },
  );
  return paths;
}

/** What `generateDataset` does in a folder, which is claimed for it. */
export async function planDataset(folder: string, options: Partial<DatasetOptions> = {}): Promise<DatasetPlan> {
  const settings = { ...DATASET_DEFAULTS, ...options };
  const { seed, scenes, scenesPerShard, otherHeights, portrait, assets, textures } = settings;
  const scene = checkOptions({ ...SCENE_DEFAULTS, ...settings.scene });
  const record = { seed, scenes, scenes_per_shard: scenesPerShard, scene, other_heights: otherHeights, portrait };
  await claimFolder(folder, { version: 1, ...record, assets, textures });

  const shards: ShardRequest[] = [];
  for (let first = 0; first < scenes; first += scenesPerShard) {
    const count = Math.min(scenesPerShard, scenes - first);
    const path = joinPath(
      folder,
      `scenes-${String(first).padStart(8, "0")}-${String(first + count - 1).padStart(8, "0")}.tar`,
    );
    shards.push({ path, seed, first, count, scene, otherHeights, portrait });
  }
  const exists = await Promise.all(shards.map(async ({ path }) => (await pathContent(path)).kind === "file"));
  const missing = shards.filter((_, i) => !exists[i]);
  return { paths: shards.map(({ path }) => path), missing, folders: { assets, textures } };
}

/** The first `count` scenes of a data set. */
export async function previewScenes(options: Partial<DatasetOptions>, count: number): Promise<GeneratedScene[]> {
  const { seed, scene, otherHeights, portrait, assets, textures } = { ...DATASET_DEFAULTS, ...options };
  const settings = { ...SCENE_DEFAULTS, ...scene };
  const scenery = await openScenery({ assets, textures }, settings.textureSize);
  return Array.from({ length: count }, (_, index) => {
    const size = sceneSize(seed, index, { ...settings, otherHeights, portrait });
    return generateScene(seed, index, { ...settings, ...size }, scenery);
  });
}

/** Records the settings in an empty folder and compares them with those of an earlier run. */
async function claimFolder(folder: string, settings: object): Promise<void> {
  const path = joinPath(folder, RECORD);
  const wanted = JSON.stringify(settings, null, 2);
  const found = await readText(path);
  if (found === undefined) return writeText(path, wanted);
  if (found !== wanted) {
    throw new InputError(
      `${folder} holds scenes made with other settings (${path}). Choose another folder, or repeat those settings to go on.`,
    );
  }
}

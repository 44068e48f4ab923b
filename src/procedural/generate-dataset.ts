import { joinPath, pathContent, readText, startWorkerProcess, writeText } from "#platform";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import { checkOptions, type GenerateSceneOptions, SCENE_DEFAULTS } from "./generate-scene.ts";
import type { ShardRequest } from "./write-shard.ts";

/** What to generate; see `DATASET_DEFAULTS`. */
export interface DatasetOptions extends RunOptions {
  /** Scenes with different seeds have nothing in common. */
  readonly seed: number;
  readonly scenes: number;
  readonly scenesPerShard: number;
  /** Processes at work. */
  readonly workers: number;
  /** How each scene is made, where it differs from `SCENE_DEFAULTS`. */
  readonly scene: Partial<GenerateSceneOptions>;
}

/** A small training set on two processes. */
const DATASET_DEFAULTS = { seed: 1, scenes: 1000, scenesPerShard: 50, workers: 2, scene: {} } as const;

const RECORD = "dataset.json";

/**
 * Fills `folder` with procedural scenes as WebDataset shards (`writeShard`), in parallel processes. Scene k depends on
 * the seed and k alone. A shard appears only when it is complete, so that a run that was cut off goes on where it
 * stopped; a folder made with other settings is refused with an `InputError`.
 * @returns the paths of all shards, in order
 */
export async function generateDataset(folder: string, options: Partial<DatasetOptions> = {}): Promise<string[]> {
  const { seed, scenes, scenesPerShard, workers, scene, onProgress, signal } = { ...DATASET_DEFAULTS, ...options };
  const resolved = checkOptions({ ...SCENE_DEFAULTS, ...scene });
  await claimFolder(folder, { version: 1, seed, scenes, scenes_per_shard: scenesPerShard, scene: resolved });

  const shards: ShardRequest[] = [];
  for (let first = 0; first < scenes; first += scenesPerShard) {
    const count = Math.min(scenesPerShard, scenes - first);
    const path = joinPath(
      folder,
      `scenes-${String(first).padStart(8, "0")}-${String(first + count - 1).padStart(8, "0")}.tar`,
    );
    shards.push({ path, seed, first, count, scene: resolved });
  }
  const exists = await Promise.all(shards.map(async ({ path }) => (await pathContent(path)).kind === "file"));
  const missing = shards.filter((_, i) => !exists[i]);
  const reused = shards.length - missing.length;
  let done = reused;

  const work = async (): Promise<void> => {
    const worker = startWorkerProcess(import.meta.url, "shard-worker", "generates scenes");
    const stop = (): void => worker.kill(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (let shard = missing.shift(); shard !== undefined; shard = missing.shift()) {
        signal?.throwIfAborted();
        await worker.request(shard);
        onProgress?.({ stage: "generate", done: ++done, total: shards.length, reused, item: shard.path });
      }
    } catch (error) {
      missing.length = 0;
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      worker.kill(new Error("all shards are written"));
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(workers, missing.length) }, work));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return shards.map(({ path }) => path);
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

import { openOutputFile } from "#platform";
import type { RunTasks } from "../cluster/fill-store.ts";
import { generateScenes } from "../cluster/kinds/generate-scenes.ts";
import { openStore } from "../cluster/store/open-store.ts";
import { needed } from "../cluster/stored-priors.ts";
import type { BlobStore } from "../core/blob-store.ts";
import { InputError } from "../core/errors.ts";
import { sceneryHash } from "../procedural/assets/scenery.ts";
import { contactSheet } from "../procedural/contact-sheet.ts";
import { type DatasetOptions, generateDataset, planDataset, previewScenes } from "../procedural/generate-dataset.ts";
import type { SceneCollection } from "../procedural/scene-collection.ts";
import { type ClusterFlags, checkClusterFlags } from "./cluster-options.ts";
import type { OutputFlags } from "./shared-options.ts";
import { withQueue, withShard } from "./shared-tasks.ts";
import { printOut } from "./standard-output.ts";
import { type TerminalRun, withTerminal } from "./terminal.ts";

/** Flags of `dust3r data generate`. */
export interface GenerateFlags extends OutputFlags, ClusterFlags {
  readonly output: string;
  readonly seed: number;
  readonly scenes: number;
  readonly views: number;
  readonly width: number;
  readonly height: number;
  readonly otherHeights?: readonly number[];
  readonly portrait: number;
  readonly collection: SceneCollection;
  readonly assets?: string;
  readonly textures?: string;
  readonly workers: number;
  readonly preview?: string;
}

/** Scenes on a contact sheet. */
const PREVIEW_SCENES = 8;

/** `dust3r data generate`: shards of procedural scenes, by processes of this machine or by others. */
export async function generateData(flags: GenerateFlags, signal: AbortSignal): Promise<void> {
  checkClusterFlags(flags);
  if (flags.store !== undefined && flags.queue === undefined && flags.shard === undefined)
    throw new InputError(
      "--store shares the work by --queue or --shard; --output alone keeps what an interrupted run finished",
    );
  const { seed, scenes, workers, views, width, height, preview } = flags;
  const { collection, otherHeights = [], portrait, assets, textures } = flags;
  const scene = { views, width, height, collection };
  const dataset = { seed, scenes, scene, otherHeights, portrait, assets, textures };
  if (preview !== undefined) {
    const shown = await previewScenes(dataset, Math.min(scenes, PREVIEW_SCENES));
    await using file = await openOutputFile(preview);
    await file.write(contactSheet(shown));
    await file.commit();
  }
  await withTerminal(flags, signal, async (run) => {
    const shards =
      flags.store === undefined
        ? await generateDataset(flags.output, { ...dataset, workers, ...run })
        : await generateTogether(flags, dataset, run);
    run.stopProgress();
    if (flags.json) await printOut(JSON.stringify({ shards }));
    else if (!flags.quiet) await printOut(`${scenes} scenes in ${shards.length} shards in ${flags.output}`);
  });
}

/** The shards of a data set, made by way of a store; those that were missing are written by the process that gives the work, or the first. */
async function generateTogether(
  { output, store: address, queue, shard }: GenerateFlags,
  dataset: Partial<DatasetOptions>,
  run: TerminalRun,
): Promise<readonly string[]> {
  const store = await openStore(address!);
  const work = (tasks: RunTasks) =>
    generateByTasks(output, dataset, { tasks, store, writes: (shard?.index ?? 1) === 1 });
  if (queue !== undefined) return await withQueue(queue, store, run, work);
  return await withShard({ shard: shard!, store: address! }, store, run, work);
}

async function generateByTasks(
  output: string,
  dataset: Partial<DatasetOptions>,
  { tasks, store, writes }: { readonly tasks: RunTasks; readonly store: BlobStore; readonly writes: boolean },
): Promise<readonly string[]> {
  const { paths, missing, folders } = await planDataset(output, dataset);
  const scenery = await sceneryHash(folders);
  const keys = await tasks(
    generateScenes,
    missing.map(({ path: _, ...shard }) => ({ shard, folders, scenery })),
  );
  if (!writes) return paths;
  for (const [i, { path }] of missing.entries()) {
    await using file = await openOutputFile(path);
    await file.write(await needed(store, keys[i]!));
    await file.commit();
  }
  return paths;
}

import { fillStore, photoRefs } from "../cluster/fill-store.ts";
import type { SceneSettings } from "../cluster/kinds/reconstruct-scene.ts";
import type { ModelRef } from "../cluster/model-ref.ts";
import type { BlobStore } from "../core/blob-store.ts";
import type { PhotoPriors } from "../priors/network-priors.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import type { ClusterFlags } from "./cluster-options.ts";
import type { ViewFlags } from "./shared-options.ts";
import { withShard } from "./shared-tasks.ts";
import type { TerminalRun } from "./terminal.ts";

/** A scene that several machines work on. */
export interface SharedScene {
  /** Paths. */
  readonly photos: readonly string[];
  readonly settings: SceneSettings;
  readonly priors: PhotoPriors;
  readonly flags: ViewFlags & ClusterFlags;
  readonly store: BlobStore;
}

/** Does one part of the work on photos and pairs, and what the others leave; true for the part that then makes the scene. */
export async function workOnShard(scene: SharedScene, run: TerminalRun): Promise<boolean> {
  const { flags, store, settings, priors, photos } = scene;
  const shard = flags.shard!;
  const model = await modelRef(flags, run);
  const refs = await photoRefs(photos, priors.lenses, run);
  await withShard({ ...flags, shard, store: flags.store! }, store, run, async (tasks) => {
    await fillStore({ model, photos: refs, settings, priors }, tasks, { store, ...run });
  });
  if (shard.index === 1) return true;
  run.logger.info(`part ${shard.index} of ${shard.count} is done; part 1 makes the scene`);
  return false;
}

/** The network that flags name, by its weights' content. */
export async function modelRef(flags: ViewFlags, run: TerminalRun): Promise<ModelRef> {
  const { model, dtype, mirror, size, fit } = flags;
  return { name: model, hash: (await resolveModel(model, run)).hash, dtype, mirror, size, fit };
}

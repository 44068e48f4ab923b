import { openStore } from "../cluster/store/open-store.ts";
import { findPhotos } from "../images/find-photos.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { openSceneFolder } from "../pipeline/scene-folder.ts";
import { type ClusterFlags, checkClusterFlags } from "./cluster-options.ts";
import { parsePairChoice } from "./parse-pair-choice.ts";
import { printScene } from "./print-scene.ts";
import { readPriors } from "./read-priors.ts";
import type { RefineFlags, SceneFlags } from "./scene-options.ts";
import { modelOptions, type PhotoFlags } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";
import { workOnShard } from "./work-on-shard.ts";

/** Flags of `dust3r reconstruct`. */
export interface ReconstructFlags extends PhotoFlags, SceneFlags, RefineFlags, ClusterFlags {}

/** Reconstructs photos and writes everything that was asked for to a folder; nothing appears there unless all does. */
export async function reconstructToFolder(
  photos: readonly string[],
  flags: ReconstructFlags,
  signal: AbortSignal,
): Promise<void> {
  const { output, align, refine, featureSize, dense, depthSize, minConfidence, seed, force, export: kinds } = flags;
  checkClusterFlags(flags);
  const locating = minConfidence === "auto" ? undefined : minConfidence;
  await withTerminal(flags, signal, async (run) => {
    await using folder = await openSceneFolder(output, { resume: flags.resume });
    const files = await findPhotos(photos);
    await folder.claim({ names: uniqueNames(files), inputs: files, kinds, force, isDense: dense === "stereo" });
    const pairs = await parsePairChoice(flags.pairs, files, run.logger);
    const priors = await readPriors(flags);
    const { skipBroken } = flags;
    const how = { align, refine, featureSize, dense, depthSize };
    const settings = { ...how, pairs, skipBroken, minConfidence: locating, seed };
    const shared = flags.store === undefined ? undefined : await openStore(flags.store);
    if (shared && flags.shard) {
      const isFirst = await workOnShard({ photos: files, settings, priors, flags, store: shared }, run);
      if (!isFirst) return;
    }
    const scene = { ...settings, priors, store: shared ?? folder.store };
    const result = await reconstruct(files, { ...modelOptions(flags), ...scene, ...run });
    await printScene(
      output,
      await folder.write(result, { kinds, minConfidence, mostPoints: flags.points, force, ...run }),
      { flags, ...run },
    );
  });
}

import { openStore } from "../cluster/store/open-store.ts";
import { InputError } from "../core/errors.ts";
import { nameOfPicture } from "../core/picture.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { openSceneFolder } from "../pipeline/scene-folder.ts";
import { type ClusterFlags, checkClusterFlags } from "./cluster-options.ts";
import { findPhotosAndFrames } from "./find-photos-and-frames.ts";
import { parsePairChoice } from "./parse-pair-choice.ts";
import { printScene } from "./print-scene.ts";
import { readPriors } from "./read-priors.ts";
import type { RefineFlags, SceneFlags } from "./scene-options.ts";
import { modelOptions, type PhotoFlags } from "./shared-options.ts";
import { submitScene } from "./submit-scene.ts";
import { withTerminal } from "./terminal.ts";
import { workOnShard } from "./work-on-shard.ts";

/** Flags of `dust3r reconstruct`. */
export interface ReconstructFlags extends PhotoFlags, SceneFlags, RefineFlags, ClusterFlags {
  readonly frames?: number;
}

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
    const { pictures, files, warnings } = await findPhotosAndFrames(photos, flags.frames, run);
    if (flags.shard && pictures.some((picture) => typeof picture !== "string"))
      throw new InputError(
        "--shard shares out photos, and there is a video among the files: give its frames as photos",
      );
    const names = pictures.map(nameOfPicture);
    await folder.claim({ names: uniqueNames(names), inputs: files, kinds, force, isDense: dense !== "none" });
    const pairs = await parsePairChoice(flags.pairs, names, run.logger);
    const priors = await readPriors(flags);
    const { skipBroken, memory } = flags;
    const how = { align, refine, featureSize, dense, depthSize };
    const settings = { ...how, pairs, skipBroken, minConfidence: locating, seed };
    const shared = flags.store === undefined ? undefined : await openStore(flags.store);
    if (shared && flags.shard) {
      const isFirst = await workOnShard({ photos: files, settings, priors, flags, store: shared }, run);
      if (!isFirst) return;
    }
    if (shared && flags.queue !== undefined) {
      const how = { folder, queue: flags.queue, kinds, minConfidence, mostPoints: flags.points, force };
      const work = { photos: files, settings, priors, flags, store: shared };
      await printScene(output, await submitScene(work, how, run), { flags, ...run });
      return;
    }
    const scene = { ...settings, memory, priors, store: shared ?? folder.store };
    const made = await reconstruct(pictures, { ...modelOptions(flags), ...scene, ...run });
    const result = { ...made, warnings: [...warnings, ...(made.warnings ?? [])] };
    await printScene(
      output,
      await folder.write(result, { kinds, minConfidence, mostPoints: flags.points, force, ...run }),
      { flags, ...run },
    );
  });
}

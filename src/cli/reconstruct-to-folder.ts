import { findPhotos } from "../images/find-photos.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { openSceneFolder } from "../pipeline/scene-folder.ts";
import { parsePairChoice } from "./parse-pair-choice.ts";
import { printScene } from "./print-scene.ts";
import { readPriors } from "./read-priors.ts";
import type { RefineFlags, SceneFlags } from "./scene-options.ts";
import { modelOptions, type PhotoFlags } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r reconstruct`. */
export interface ReconstructFlags extends PhotoFlags, SceneFlags, RefineFlags {}

/** Reconstructs photos and writes everything that was asked for to a folder; nothing appears there unless all does. */
export async function reconstructToFolder(
  photos: readonly string[],
  flags: ReconstructFlags,
  signal: AbortSignal,
): Promise<void> {
  const { output, align, refine, featureSize, dense, depthSize, minConfidence, seed, force, export: kinds } = flags;
  const locating = minConfidence === "auto" ? undefined : minConfidence;
  await withTerminal(flags, signal, async (run) => {
    await using folder = await openSceneFolder(output, { resume: flags.resume });
    const files = await findPhotos(photos);
    await folder.claim({ names: uniqueNames(files), inputs: files, kinds, force, isDense: dense === "stereo" });
    const pairs = await parsePairChoice(flags.pairs, files, run.logger);
    const priors = await readPriors(flags);
    const { skipBroken } = flags;
    const how = { align, refine, featureSize, dense, depthSize };
    const scene = { ...how, pairs, skipBroken, priors, minConfidence: locating, seed, store: folder.store };
    const result = await reconstruct(files, { ...modelOptions(flags), ...scene, ...run });
    await printScene(
      output,
      await folder.write(result, { kinds, minConfidence, mostPoints: flags.points, force, ...run }),
      { flags, ...run },
    );
  });
}

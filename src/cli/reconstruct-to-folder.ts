import { nameOfPicture } from "../core/picture.ts";
import { uniqueNames } from "../images/unique-names.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { openSceneFolder } from "../pipeline/scene-folder.ts";
import { findPhotosAndFrames } from "./find-photos-and-frames.ts";
import { parsePairChoice } from "./parse-pair-choice.ts";
import { printScene } from "./print-scene.ts";
import { readPriors } from "./read-priors.ts";
import type { RefineFlags, SceneFlags } from "./scene-options.ts";
import { modelOptions, type PhotoFlags } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r reconstruct`. */
export interface ReconstructFlags extends PhotoFlags, SceneFlags, RefineFlags {
  readonly frames?: number;
}

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
    const { pictures, files, warnings } = await findPhotosAndFrames(photos, flags.frames, run);
    const names = pictures.map(nameOfPicture);
    await folder.claim({ names: uniqueNames(names), inputs: files, kinds, force, isDense: dense === "stereo" });
    const pairs = await parsePairChoice(flags.pairs, names, run.logger);
    const priors = await readPriors(flags, run.logger);
    const { skipBroken } = flags;
    const how = { align, refine, featureSize, dense, depthSize };
    const scene = { ...how, pairs, skipBroken, priors, minConfidence: locating, seed, store: folder.store };
    const made = await reconstruct(pictures, { ...modelOptions(flags), ...scene, ...run });
    const result = { ...made, warnings: [...warnings, ...(made.warnings ?? [])] };
    await printScene(output, await folder.write(result, { kinds, minConfidence, force, ...run }), { flags, ...run });
  });
}

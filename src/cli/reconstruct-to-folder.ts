import { findPhotos } from "../images/find-photos.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import { openSceneFolder } from "../pipeline/scene-folder.ts";
import { parsePairGraph } from "./pair-graph.ts";
import { printScene } from "./print-scene.ts";
import { readPriors } from "./read-priors.ts";
import type { SceneFlags } from "./scene-options.ts";
import { modelOptions, type PhotoFlags } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";

/** What the command line says of a reconstruction. */
export interface ReconstructFlags extends PhotoFlags, SceneFlags {}

/** Reconstructs photos and writes everything that was asked for to a folder; nothing appears there unless all does. */
export async function reconstructToFolder(
  photos: readonly string[],
  flags: ReconstructFlags,
  signal: AbortSignal,
): Promise<void> {
  const { output, align, minConfidence, seed, export: kinds } = flags;
  await withTerminal(flags, signal, async (run) => {
    await using folder = await openSceneFolder(output, { resume: flags.resume });
    const pairs = await parsePairGraph(flags.pairs, photos);
    const priors = await readPriors(flags, run.logger);
    const files = await findPhotos(photos);
    const { skipBroken } = flags;
    const scene = { pairs, skipBroken, align, priors, minConfidence, seed, store: folder.store };
    const result = await reconstruct(files, { ...modelOptions(flags), ...scene, ...run });
    await printScene(output, await folder.write(result, { kinds, minConfidence, ...run }), { flags, ...run });
  });
}

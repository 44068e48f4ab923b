import { folderStore, joinPath, openOutputFolder, removeFolderStore } from "#platform";
import { findPhotos } from "../images/find-photos.ts";
import { reconstruct } from "../pipeline/reconstruct.ts";
import type { ReconstructFlags } from "./commands/reconstruct.ts";
import { parsePairGraph } from "./pair-graph.ts";
import { readPriors } from "./read-priors.ts";
import { networkOptions } from "./shared-options.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { writeSceneFolder } from "./write-scene-folder.ts";

/** Holds what an interrupted run finished; gone once the scene is written. */
const RESUME_FOLDER = ".resume";

/** Reconstructs photos and writes everything that was asked for to a folder; nothing appears there unless all does. */
export async function reconstructToFolder(
  photos: readonly string[],
  flags: ReconstructFlags,
  signal: AbortSignal,
): Promise<void> {
  const { output, json = false, quiet = false, minConfidence } = flags;
  const progress = terminalProgress(quiet);
  const logger = terminalLogger(progress, quiet);
  await using folder = await openOutputFolder(output, { replaceEarlier: true });
  try {
    const resumeFolder = joinPath(output, RESUME_FOLDER);
    if (!flags.resume) await removeFolderStore(resumeFolder);
    const { dtype, seed } = flags;
    const run = { logger, onProgress: progress.onProgress, signal };
    const pairs = await parsePairGraph(flags.pairs, photos);
    const priors = await readPriors(flags, logger);
    const alignment = { align: flags.align, priors, minConfidence, seed };
    const options = { ...networkOptions(flags), pairs, ...alignment, ...run };
    const files = await findPhotos(photos);
    const result = await reconstruct(files, { ...options, store: folderStore(resumeFolder) });
    await writeSceneFolder({
      scene: result.scene,
      views: result.views,
      photos: files,
      run: {
        model: { name: result.checkpoint.name, dtype, device: result.device },
        timings: result.timings,
        peakMemoryBytes: result.peakMemory + process.resourceUsage().maxRSS * 1024,
      },
      folder,
      output,
      kinds: flags.export,
      minConfidence,
      print: json ? "json" : quiet ? "nothing" : "summary",
      ...run,
    });
    await removeFolderStore(resumeFolder);
  } finally {
    progress.stop();
  }
}

import { openFile, openOutputFolder } from "#platform";
import { align } from "../alignment/align.ts";
import { readPairsFile } from "../inference/pairs-file/read-pairs-file.ts";
import type { AlignFlags } from "./commands/align.ts";
import { readPriors } from "./read-priors.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";
import { writeSceneFolder } from "./write-scene-folder.ts";

/** Aligns the pairs of a file and writes the scene to a folder; nothing appears there unless all does. */
export async function alignToFolder(path: string, flags: AlignFlags, signal: AbortSignal): Promise<void> {
  const { output, json = false, quiet = false, minConfidence, seed } = flags;
  const progress = terminalProgress(quiet);
  const logger = terminalLogger(progress, quiet);
  const run = { logger, onProgress: progress.onProgress, signal };
  const file = await openFile(path);
  try {
    await using folder = await openOutputFolder(output, { replaceEarlier: true });
    const pairs = await readPairsFile(file);
    const priors = await (await readPriors(flags, logger))?.(pairs.views);
    const options = { ...run, method: flags.align, priors, minConfidence, seed };
    const scene = await align(pairs.views, pairs.predictions(), options);
    await writeSceneFolder({
      scene,
      views: pairs.views,
      run: {
        model: { name: pairs.model, dtype: "fp32", device: "cpu" },
        timings: { alignment: scene.alignment.seconds },
        peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
      },
      folder,
      output,
      kinds: flags.export,
      minConfidence,
      print: json ? "json" : quiet ? "nothing" : "summary",
      ...run,
    });
  } finally {
    progress.stop();
    await file.close();
  }
}

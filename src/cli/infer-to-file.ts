import { folderStore, openOutputFile, removeFolderStore } from "#platform";
import type { ViewPair } from "../core/view.ts";
import { loadViews } from "../images/load-views.ts";
import { inferPairs } from "../inference/infer-pairs.ts";
import { keepEncodings } from "../inference/keep-encodings.ts";
import { openNetwork } from "../inference/open-network.ts";
import { writePairsFile } from "../inference/pairs-file/write-pairs-file.ts";
import { makePairs } from "../pairs/make-pairs.ts";
import { choosePairs } from "../pipeline/choose-pairs.ts";
import { viewPlan } from "../pipeline/predict-pairs.ts";
import { openEngine } from "../runtime/engine.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import type { InferFlags } from "./commands/infer.ts";
import { parsePairGraph } from "./pair-graph.ts";
import { printOut } from "./shared-options.ts";
import { terminalLogger } from "./terminal-logger.ts";
import { terminalProgress } from "./terminal-progress.ts";

/**
 * Runs the network and streams its answers to one file, pair by pair; the file appears when it is complete. Until then
 * finished pairs are kept in a folder beside it.
 */
export async function inferToFile(photos: readonly string[], flags: InferFlags, signal: AbortSignal): Promise<void> {
  const progress = terminalProgress(flags.quiet ?? false);
  const run = { onProgress: progress.onProgress, signal };
  await using file = await openOutputFile(flags.output);
  try {
    const resumeFolder = `${flags.output}.resume`;
    if (!flags.resume) await removeFolderStore(resumeFolder);
    const checkpoint = await resolveModel(flags.model, {
      ...run,
      logger: terminalLogger(progress, flags.quiet ?? false),
    });
    const views = await loadViews(photos, { ...viewPlan(checkpoint, flags.size, flags.fit), ...run });
    const choice = flags.pairs === "one" ? undefined : await parsePairGraph(flags.pairs, photos);
    await using engine = await openEngine({ device: flags.device, threads: flags.threads, signal });
    const network = keepEncodings(openNetwork(engine, checkpoint, flags));
    const store = folderStore(resumeFolder);
    const pairs = choice ? await choosePairs(network, views, choice, { ...run, store }) : onePair(views.length);

    const predictions = inferPairs(network, views, pairs, { ...run, store });
    const dtype = flags.half ? "F16" : "F32";
    await writePairsFile(file, { model: checkpoint.name, views, pairs, predictions, dtype });
    signal.throwIfAborted();
    await file.commit();
    await removeFolderStore(resumeFolder);
    const result = { file: flags.output, images: views.map((view) => view.name), pairs: pairs.length };
    if (flags.json) await printOut(JSON.stringify(result));
    else if (!flags.quiet) await printOut(`wrote ${pairs.length} pairs of ${views.length} photos to ${flags.output}`);
  } finally {
    progress.stop();
  }
}

function onePair(viewCount: number): ViewPair[] {
  const pair = { view1: 0, view2: Math.min(1, viewCount - 1) };
  return makePairs(viewCount, { kind: "list", pairs: [pair] }, { symmetrize: false });
}

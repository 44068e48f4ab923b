import { folderStore, openOutputFile, removeFolderStore } from "#platform";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { View, ViewPair } from "../core/view.ts";
import { SafetensorsStream, type TensorSpec } from "../formats/safetensors-writer.ts";
import { loadViews } from "../images/load-views.ts";
import { inferPairs } from "../inference/infer-pairs.ts";
import { keepEncodings } from "../inference/keep-encodings.ts";
import { openNetwork } from "../inference/open-network.ts";
import { originalsMetadata } from "../inference/read-pairs-file.ts";
import { makePairs } from "../pairs/make-pairs.ts";
import { choosePairs } from "../pipeline/choose-pairs.ts";
import { viewPlan } from "../pipeline/predict-pairs.ts";
import { openEngine } from "../runtime/engine.ts";
import { resolveModel } from "../weights/resolve-model.ts";
import type { InferFlags } from "./commands/infer.ts";
import { parsePairGraph } from "./pair-graph.ts";
import { printOut } from "./printable.ts";
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

    const specs = tensorSpecs(views, pairs, flags.half ? "F16" : "F32");
    const images = JSON.stringify(views.map((view) => view.name));
    const metadata = { images, originals: originalsMetadata(views), model: checkpoint.name };
    const stream = await SafetensorsStream.open(file, specs, metadata);
    for (const [i, view] of views.entries()) await stream.write(`view.${i}`, view.image);
    for await (const prediction of inferPairs(network, views, pairs, { ...run, store })) {
      for (const map of MAPS) await stream.write(tensorName(prediction, map), prediction[map]);
    }
    stream.finish();
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

const MAPS = ["pointmap1", "confidence1", "pointmap2", "confidence2"] as const;

function tensorName({ view1, view2 }: ViewPair, map: keyof PairPrediction): string {
  return `${view1}-${view2}.${map}`;
}

function onePair(viewCount: number): ViewPair[] {
  const pair = { view1: 0, view2: Math.min(1, viewCount - 1) };
  return makePairs(viewCount, { kind: "list", pairs: [pair] }, { symmetrize: false });
}

function tensorSpecs(
  views: readonly View[],
  pairs: readonly ViewPair[],
  dtype: "F16" | "F32",
): ReadonlyMap<string, TensorSpec> {
  const specs = new Map<string, TensorSpec>();
  for (const [i, { width, height }] of views.entries()) {
    specs.set(`view.${i}`, { dtype: "F32", shape: [3, height, width] });
  }
  for (const pair of pairs) {
    for (const map of MAPS) {
      const { width, height } = views[map.endsWith("1") ? pair.view1 : pair.view2]!;
      const shape = map.startsWith("pointmap") ? [height, width, 3] : [height, width];
      specs.set(tensorName(pair, map), { dtype, shape });
    }
  }
  return specs;
}

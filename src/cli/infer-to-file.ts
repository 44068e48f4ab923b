import { memorySize, openOutputFile } from "#platform";
import type { ViewPair } from "../core/view.ts";
import { findPhotos } from "../images/find-photos.ts";
import { loadPhotos } from "../images/load-views.ts";
import { inferPairs } from "../inference/infer-pairs.ts";
import { keepEncodings } from "../inference/keep-encodings.ts";
import { writePairsFile } from "../inference/pairs-file/write-pairs-file.ts";
import { makePairs } from "../pairs/make-pairs.ts";
import { type ChosenPairs, choosePairs } from "../pipeline/choose-pairs.ts";
import { openModel } from "../pipeline/open-model.ts";
import { pairingWarnings } from "../pipeline/pairing-warnings.ts";
import { pairsWithout } from "../pipeline/pairs-without.ts";
import { openResumeStore } from "../pipeline/resume-store.ts";
import { rememberedFeatures } from "../pipeline/stored-features.ts";
import { pairingJson } from "../scene-file/scene-json.ts";
import { parsePairChoice } from "./parse-pair-choice.ts";
import { modelOptions, type PhotoFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r infer`. */
export interface InferFlags extends PhotoFlags {
  readonly half?: boolean;
}

/**
 * Runs the network and streams its answers to one file, pair by pair; the file appears when it is complete. Until then
 * finished pairs are kept in a folder beside it.
 */
export async function inferToFile(photos: readonly string[], flags: InferFlags, signal: AbortSignal): Promise<void> {
  await withTerminal(flags, signal, async ({ logger, stopProgress, ...run }) => {
    const inputs = await findPhotos(photos);
    await using file = await openOutputFile(flags.output, { inputs, force: flags.force });
    const resume = await openResumeStore(`${flags.output}.resume`, flags);
    const { store } = resume;
    const choice = flags.pairs === "one" ? undefined : await parsePairChoice(flags.pairs, inputs, logger);
    await using model = await openModel({ ...modelOptions(flags), logger, ...run });
    const how = { ...model.plan, skipBroken: flags.skipBroken, logger, ...run };
    const { views, files, kept } = await loadPhotos(inputs, how);
    const network = keepEncodings(model.network, { bytes: (flags.memory ?? memorySize() / 2) / 2 });
    const { find: features } = rememberedFeatures(views, { ...run, files, store });
    const { pairs, pairing }: ChosenPairs = choice
      ? await choosePairs(network, views, pairsWithout(choice, kept), { ...run, store, features })
      : { pairs: onePair(views.length) };

    const predictions = inferPairs(network, views, pairs, { ...run, store });
    const dtype = flags.half ? "F16" : "F32";
    await writePairsFile(file, { model: model.checkpoint.name, views, pairs, predictions, dtype });
    signal.throwIfAborted();
    await file.commit();
    await resume.remove();
    stopProgress();
    for (const warning of [...model.warnings, ...pairingWarnings(pairing, views)]) logger.warn(warning);
    const images = views.map((view) => view.name);
    const result = {
      file: flags.output,
      images,
      pairs: pairs.length,
      pairing: pairingJson(pairing, (image) => images[image]!),
      warnings: logger.warnings,
    };
    if (flags.json) await printOut(JSON.stringify(result));
    else if (!flags.quiet) await printOut(`wrote ${pairs.length} pairs of ${views.length} photos to ${flags.output}`);
  });
}

function onePair(viewCount: number): ViewPair[] {
  const pair = { view1: 0, view2: Math.min(1, viewCount - 1) };
  return makePairs(viewCount, { kind: "list", pairs: [pair] }, { symmetrize: false });
}

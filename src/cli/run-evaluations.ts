import { folderStore, joinPath, openOutputFolder } from "#platform";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Benchmark, EvalItem, EvalRecord } from "../evaluation/benchmark.ts";
import { BENCHMARKS } from "../evaluation/benchmarks.ts";
import { compareEvaluations } from "../evaluation/compare-evaluations.ts";
import { DATA_BENCHMARKS } from "../evaluation/data-benchmarks.ts";
import type { EvaluatedNetwork } from "../evaluation/evaluated-network.ts";
import { evaluationReport } from "../evaluation/evaluation-report.ts";
import { FIDELITY_BENCHMARK, fidelityItems } from "../evaluation/fidelity/fidelity-benchmark.ts";
import { mergeRecords } from "../evaluation/merge-records.ts";
import { PHOTOS_BENCHMARK, photosItems } from "../evaluation/photos/photos-benchmark.ts";
import { PROCEDURAL_BENCHMARK, proceduralItems } from "../evaluation/procedural/procedural-benchmark.ts";
import { type EvalHeader, writeRecords } from "../evaluation/records-file.ts";
import { markdownTable } from "../evaluation/report/markdown-table.ts";
import { runEvaluation } from "../evaluation/run-evaluation.ts";
import type { Shard } from "../evaluation/shard.ts";
import { NO_PICTURES, type WorstPictures, worstPictures } from "../evaluation/worst-cases.ts";
import { openModel } from "../pipeline/open-model.ts";
import { photosBelow } from "./photos-below.ts";
import type { DenseFlags, RefineFlags } from "./scene-options.ts";
import { modelOptions, type OutputFlags, type ViewFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of every evaluation. */
export interface EvalFlags extends ViewFlags {
  readonly output?: string;
  readonly shard?: Shard;
}

/** Flags of `dust3r eval photos`. */
export interface EvalPhotosFlags extends EvalFlags, RefineFlags, DenseFlags {
  readonly truth: string;
  readonly protocol?: string;
}

/** Flags of `dust3r eval procedural`. */
export interface EvalProceduralFlags extends EvalFlags {
  readonly scenes: number;
  readonly pairs: number;
}

/** Flags of `dust3r eval fidelity`. */
export interface EvalFidelityFlags extends EvalFlags {
  readonly photos?: string;
  readonly pairs: number;
}

/** Flags of benchmarks on data sets. */
export interface EvalDataFlags extends EvalFlags, DenseFlags {
  readonly data: string;
  readonly pairs?: string;
}

/** Flags of `dust3r eval merge`. */
export interface EvalMergeFlags extends OutputFlags {
  readonly output?: string;
}

/** The descriptors of a map's photos, within the output folder: the next run need not encode them again. */
const DESCRIPTORS_FOLDER = "descriptors";

/** `dust3r eval photos` */
export async function evalPhotos(flags: EvalPhotosFlags, signal: AbortSignal): Promise<void> {
  const { truth, protocol, refine, featureSize, dense, depthSize } = flags;
  const how = { refine, featureSize, dense, depthSize };
  const settings = { protocol: protocol?.split(/[\\/]/).at(-1) ?? null, ...how };
  await evaluate(PHOTOS_BENCHMARK, flags, {
    settings,
    signal,
    open: (network) => photosItems({ ...network, ...how }, truth, protocol),
  });
}

/** `dust3r eval procedural` */
export async function evalProcedural(flags: EvalProceduralFlags, signal: AbortSignal): Promise<void> {
  const settings = { scenes: flags.scenes, pairs: flags.pairs };
  await evaluate(PROCEDURAL_BENCHMARK, flags, {
    settings,
    signal,
    open: async (network) => proceduralItems(network, settings),
  });
}

/** `dust3r eval fidelity` */
export async function evalFidelity(flags: EvalFidelityFlags, signal: AbortSignal): Promise<void> {
  const { photos: folder, pairs } = flags;
  if (flags.dtype === "fp32")
    throw new InputError("nothing to compare float32 with: choose q8, fp16 or auto (--dtype)");
  const photos = folder === undefined ? [] : await photosBelow([folder]);
  const settings = { photos: folder?.split(/[\\/]/).at(-1) ?? null, pairs };
  await using model = await openModel({ ...modelOptions(flags), dtype: "fp32", signal });
  const reference = { network: model.network, plan: model.plan, signal };
  await evaluate(FIDELITY_BENCHMARK, flags, {
    settings,
    signal,
    open: async (tested) => {
      if (tested.network.dtype === "fp32")
        throw new InputError("dtype auto takes float32 here: nothing to compare it with");
      return fidelityItems({ reference, tested }, { photos, pairs });
    },
  });
}

/** `dust3r eval NAME --data`: a benchmark on a data set. */
export async function evalData(name: string, flags: EvalDataFlags, signal: AbortSignal): Promise<void> {
  const { data, pairs } = flags;
  const benchmark = DATA_BENCHMARKS.find((candidate) => candidate.name === name);
  if (benchmark === undefined) throw new InputError(`there is no evaluation called ${name}`);
  const found = pairs?.split(/[\\/]/).at(-1) ?? benchmark.defaultPairs;
  const { dense, depthSize } = flags;
  const how = dense === "stereo" ? { dense, depthSize: depthSize ?? null } : {};
  const settings = { ...(found === undefined ? {} : { pairs: found }), ...how };
  const store = flags.output === undefined ? undefined : folderStore(joinPath(flags.output, DESCRIPTORS_FOLDER));
  await evaluate(benchmark, flags, {
    settings,
    signal,
    open: (network, onProgress) =>
      benchmark.items({ ...network, dense, depthSize }, data, { pairs, store, onProgress }),
  });
}

/** `dust3r eval merge` */
export async function evalMerge(folders: readonly string[], flags: EvalMergeFlags): Promise<void> {
  const { header, records } = await mergeRecords(folders);
  const benchmark = BENCHMARKS.find(({ name }) => name === header.benchmark);
  if (benchmark === undefined) throw new InputError(`${folders[0]}: there is no evaluation called ${header.benchmark}`);
  const shards = folders.map(worstPictures);
  const pictures: WorstPictures = {
    ...NO_PICTURES,
    async get(id) {
      for (const shard of shards) {
        const picture = await shard.get(id);
        if (picture !== undefined) return picture;
      }
      return undefined;
    },
  };
  if (flags.output !== undefined) await writeRecords(flags.output, { header, records });
  await report(benchmark, header, records, pictures, flags);
}

/** `dust3r eval compare` */
export async function evalCompare(folders: readonly string[], { json = false }: OutputFlags): Promise<void> {
  const table = await compareEvaluations(folders, BENCHMARKS);
  await printOut(json ? JSON.stringify(table) : markdownTable(table));
}

interface Run<M> {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  readonly open: (network: EvaluatedNetwork, onProgress: RunOptions["onProgress"]) => Promise<readonly EvalItem<M>[]>;
}

async function evaluate<M>(
  benchmark: Benchmark<M>,
  flags: EvalFlags,
  { settings, signal, open }: Run<M>,
): Promise<void> {
  const { output: folder, shard } = flags;
  if (shard !== undefined && folder === undefined)
    throw new InputError("--shard needs --output, or its records are lost");
  await withTerminal(flags, signal, async ({ onProgress, logger, stopProgress }) => {
    await using model = await openModel({ ...modelOptions(flags), logger, onProgress, signal });
    const { checkpoint, network, plan } = model;
    const items = await open({ network, plan, signal }, onProgress);
    const header: EvalHeader = {
      version: 1,
      benchmark: benchmark.name,
      model: checkpoint.name,
      hash: checkpoint.hash,
      dtype: network.dtype,
      settings: {
        ...settings,
        size: plan.size,
        patch_size: plan.patchSize,
        ...(plan.fit && { fit: plan.fit }),
        ...(network.mirrors ? { mirror: true } : {}),
      },
      items: items.length,
    };
    const pictures = folder === undefined ? NO_PICTURES : worstPictures(folder);
    const records = await runEvaluation(items, header, { folder, shard, pictures, onProgress, signal });
    stopProgress();
    await report(benchmark, header, records, pictures, flags);
  });
}

async function report<M>(
  benchmark: Benchmark<M>,
  header: EvalHeader,
  records: readonly EvalRecord<M>[],
  pictures: WorstPictures,
  { output, json = false }: OutputFlags & { readonly output?: string },
): Promise<void> {
  const { text, json: figures, files } = await evaluationReport(benchmark, header, records, pictures);
  if (output !== undefined) {
    await using folder = await openOutputFolder(output);
    for (const [name, content] of Object.entries(files)) await folder.write(name, new TextEncoder().encode(content));
    await folder.commit();
  }
  await printOut(json ? JSON.stringify(figures) : text);
}

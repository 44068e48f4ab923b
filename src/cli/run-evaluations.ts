import { resolve } from "node:path";
import { folderStore, joinPath, openOutputFolder } from "#platform";
import { openStore } from "../cluster/store/open-store.ts";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Benchmark, EvalRecord } from "../evaluation/benchmark.ts";
import { BENCHMARKS } from "../evaluation/benchmarks.ts";
import { compareEvaluations } from "../evaluation/compare-evaluations.ts";
import { evaluationReport } from "../evaluation/evaluation-report.ts";
import { FIDELITY_BENCHMARK, fidelityItems } from "../evaluation/fidelity/fidelity-benchmark.ts";
import { mergeRecords } from "../evaluation/merge-records.ts";
import {
  type EvaluationRequest,
  evaluationHeader,
  type OpenEvaluation,
  openEvaluation,
} from "../evaluation/open-evaluation.ts";
import { type EvalHeader, writeRecords } from "../evaluation/records-file.ts";
import { markdownTable } from "../evaluation/report/markdown-table.ts";
import { runEvaluation } from "../evaluation/run-evaluation.ts";
import type { Shard } from "../evaluation/shard.ts";
import { NO_PICTURES, type WorstPictures, worstPictures } from "../evaluation/worst-cases.ts";
import { type Model, openModel } from "../pipeline/open-model.ts";
import type { ClusterFlags } from "./cluster-options.ts";
import { photosBelow } from "./photos-below.ts";
import type { DenseFlags, RefineFlags } from "./scene-options.ts";
import { modelOptions, type OutputFlags, type ViewFlags } from "./shared-options.ts";
import { withQueue } from "./shared-tasks.ts";
import { printOut } from "./standard-output.ts";
import { submitEvaluation } from "./submit-evaluation.ts";
import { withTerminal } from "./terminal.ts";
import { modelRef } from "./work-on-shard.ts";

/** Flags of every evaluation. */
export interface EvalFlags extends ViewFlags {
  readonly output?: string;
  readonly shard?: Shard;
}

/** Flags of evaluations that a queue's workers may do. */
export interface SharedEvalFlags extends EvalFlags, Pick<ClusterFlags, "queue" | "store"> {}

/** Flags of `dust3r eval photos`. */
export interface EvalPhotosFlags extends SharedEvalFlags, RefineFlags, DenseFlags {
  readonly truth: string;
  readonly protocol?: string;
}

/** Flags of `dust3r eval procedural`. */
export interface EvalProceduralFlags extends SharedEvalFlags {
  readonly scenes: number;
  readonly pairs: number;
}

/** Flags of `dust3r eval fidelity`. */
export interface EvalFidelityFlags extends EvalFlags {
  readonly photos?: string;
  readonly pairs: number;
}

/** Flags of benchmarks on data sets. */
export interface EvalDataFlags extends SharedEvalFlags, DenseFlags {
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
  await evaluateRequest(
    { benchmark: "photos", truth, protocol, refine, featureSize, dense, depthSize },
    { flags, signal },
  );
}

/** `dust3r eval procedural` */
export async function evalProcedural(flags: EvalProceduralFlags, signal: AbortSignal): Promise<void> {
  const { scenes, pairs } = flags;
  await evaluateRequest({ benchmark: "procedural", scenes, pairs }, { flags, signal });
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
  await evaluate(flags, signal, async ({ network, plan }) => {
    if (network.dtype === "fp32") throw new InputError("dtype auto takes float32 here: nothing to compare it with");
    const items = fidelityItems({ reference, tested: { network, plan, signal } }, { photos, pairs });
    return { benchmark: FIDELITY_BENCHMARK, settings, items };
  });
}

/** `dust3r eval NAME --data`: a benchmark on a data set. */
export async function evalData(name: string, flags: EvalDataFlags, signal: AbortSignal): Promise<void> {
  const { data, pairs, dense, depthSize } = flags;
  await evaluateRequest({ benchmark: name, data, pairs, dense, depthSize }, { flags, signal });
}

/** `dust3r eval merge` */
export async function evalMerge(folders: readonly string[], flags: EvalMergeFlags): Promise<void> {
  const { header, records } = await mergeRecords(folders);
  const benchmark = benchmarkOf(header, folders[0]!);
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

/** An evaluation of one network, here or by the workers of a queue. */
async function evaluateRequest(
  request: EvaluationRequest,
  { flags, signal }: { readonly flags: SharedEvalFlags; readonly signal: AbortSignal },
): Promise<void> {
  const { queue, store: address, output: folder, shard } = flags;
  if ((queue === undefined) !== (address === undefined))
    throw new InputError("--queue and --store belong together: the workers leave there what they find");
  if (queue === undefined) {
    const store = folder === undefined ? undefined : folderStore(joinPath(folder, DESCRIPTORS_FOLDER));
    await evaluate(flags, signal, (model, run) => openEvaluation(request, model, { ...run, store }));
    return;
  }
  if (shard !== undefined) throw new InputError("--queue and --shard are two ways to share the work; give one of them");
  await withTerminal(flags, signal, async (run) => {
    const store = await openStore(address!);
    const pictures = folder === undefined ? NO_PICTURES : worstPictures(folder);
    const { header, records } = await withQueue(queue, store, run, async (tasks) => {
      const input = { model: await modelRef(flags, run), request: withWholePaths(request) };
      return await submitEvaluation(input, { tasks, store, folder, pictures });
    });
    run.stopProgress();
    await report(benchmarkOf(header, "--queue"), header, records, pictures, flags);
  });
}

/** The request as any process understands it, wherever it was started. */
function withWholePaths(request: EvaluationRequest): EvaluationRequest {
  const whole = <T extends string | undefined>(path: T) => (path === undefined ? path : resolve(path)) as T;
  if ("truth" in request) return { ...request, truth: whole(request.truth), protocol: whole(request.protocol) };
  if ("data" in request) return { ...request, data: whole(request.data), pairs: whole(request.pairs) };
  return request;
}

/** @param from where the header comes from, for the error */
function benchmarkOf({ benchmark: name }: EvalHeader, from: string): Benchmark<unknown> {
  const benchmark = BENCHMARKS.find((candidate) => candidate.name === name);
  if (benchmark === undefined) throw new InputError(`${from}: there is no evaluation called ${name}`);
  return benchmark;
}

async function evaluate(
  flags: EvalFlags,
  signal: AbortSignal,
  open: (model: Model, run: RunOptions) => Promise<OpenEvaluation>,
): Promise<void> {
  const { output: folder, shard } = flags;
  if (shard !== undefined && folder === undefined)
    throw new InputError("--shard needs --output, or its records are lost");
  await withTerminal(flags, signal, async ({ onProgress, logger, stopProgress }) => {
    await using model = await openModel({ ...modelOptions(flags), logger, onProgress, signal });
    const evaluation = await open(model, { onProgress, signal });
    const { benchmark, items } = evaluation;
    const header = evaluationHeader(evaluation, model);
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

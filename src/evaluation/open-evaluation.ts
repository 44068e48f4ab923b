import type { BlobStore } from "../core/blob-store.ts";
import type { DepthSize } from "../core/dense-scene.ts";
import { InputError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Model } from "../pipeline/open-model.ts";
import type { DenseMethod, RefineMethod } from "../pipeline/reconstruct-options.ts";
import type { Benchmark, EvalItem } from "./benchmark.ts";
import { DATA_BENCHMARKS } from "./data-benchmarks.ts";
import { PHOTOS_BENCHMARK, photosItems } from "./photos/photos-benchmark.ts";
import { PROCEDURAL_BENCHMARK, proceduralItems } from "./procedural/procedural-benchmark.ts";
import type { EvalHeader } from "./records-file.ts";

/** Which evaluation of one network, on what; it is JSON, so that other machines may be asked for it. */
export type EvaluationRequest =
  | {
      readonly benchmark: "photos";
      readonly truth: string;
      readonly protocol: string | undefined;
      readonly refine: RefineMethod | undefined;
      readonly featureSize: number | undefined;
      readonly dense: DenseMethod | undefined;
      readonly depthSize: DepthSize | undefined;
    }
  | { readonly benchmark: "procedural"; readonly scenes: number; readonly pairs: number }
  | {
      /** One of `DATA_BENCHMARKS`. */
      readonly benchmark: Exclude<string, "photos" | "procedural">;
      readonly data: string;
      readonly pairs: string | undefined;
      readonly dense: DenseMethod | undefined;
      readonly depthSize: DepthSize | undefined;
    };

/** An evaluation that can be run. */
export interface OpenEvaluation<M = unknown> {
  readonly benchmark: Benchmark<M>;
  /** Decide the results, by name. */
  readonly settings: EvalHeader["settings"];
  readonly items: readonly EvalItem<M>[];
}

/** Opens an evaluation of a network; `store` keeps descriptors of a map's photos. */
export async function openEvaluation(
  request: EvaluationRequest,
  { network, plan }: Pick<Model, "network" | "plan">,
  { store, onProgress, signal }: RunOptions & { readonly store?: BlobStore | undefined } = {},
): Promise<OpenEvaluation> {
  const evaluated = { network, plan, signal };
  if ("truth" in request) {
    const { benchmark: _, truth, protocol, ...how } = request;
    const items = await photosItems({ ...evaluated, ...how }, truth, protocol);
    return { benchmark: PHOTOS_BENCHMARK, settings: { protocol: protocol ? fileName(protocol) : null, ...how }, items };
  }
  if ("scenes" in request) {
    const { benchmark: _, ...settings } = request;
    return { benchmark: PROCEDURAL_BENCHMARK, settings, items: proceduralItems(evaluated, settings) };
  }
  const { benchmark: name, data, pairs, dense, depthSize } = request;
  const benchmark = DATA_BENCHMARKS.find((candidate) => candidate.name === name);
  if (benchmark === undefined) throw new InputError(`there is no evaluation called ${name}`);
  const found = pairs ? fileName(pairs) : benchmark.defaultPairs;
  const how = dense === "stereo" ? { dense, depthSize: depthSize ?? null } : {};
  return {
    benchmark,
    settings: { ...(found === undefined ? {} : { pairs: found }), ...how },
    items: await benchmark.items({ ...evaluated, dense, depthSize }, data, { pairs, store, onProgress }),
  };
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1)!;
}

/** What the records of an evaluation of a model belong to. */
export function evaluationHeader(
  { benchmark, settings, items }: OpenEvaluation,
  { checkpoint, network, plan }: Pick<Model, "checkpoint" | "network" | "plan">,
): EvalHeader {
  return {
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
}

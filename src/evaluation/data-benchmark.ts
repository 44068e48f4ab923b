import type { BlobStore } from "../core/blob-store.ts";
import type { RunOptions } from "../core/progress.ts";
import type { Benchmark, EvalItem } from "./benchmark.ts";
import type { EvaluatedNetwork } from "./evaluated-network.ts";

/** An evaluation on a published data set. */
export interface DataBenchmark<M> extends Benchmark<M> {
  /** How photos to compare are found where no list is given, for the report; undefined where there are none to find. */
  readonly defaultPairs?: string;
  /** What is evaluated, in the data set's own layout; an `InputError` says what of it is missing. */
  items(network: EvaluatedNetwork, folder: string, options: DataOptions): Promise<readonly EvalItem<M>[]>;
}

/** What only some of them need. */
export interface DataOptions {
  /** A file of lines `query map-photo`, best first: which photos of the map a query is compared with. */
  readonly pairs?: string | undefined;
  /** Where the descriptors of a map's photos are kept for the next run. */
  readonly store?: BlobStore | undefined;
  /** Told of work before the first item. */
  readonly onProgress?: RunOptions["onProgress"];
}

import { processorCount, requestWorkers, startWorkerProcess, WorkerPool } from "#platform";
import type { RunOptions } from "../core/progress.ts";
import type { Agreement, ComparedPhoto } from "./compare-photos.ts";
import type { VerifyRequest } from "./verify-worker.ts";

/** Two photos whose feature matches agree on how they lie to each other. */
export interface VerifiedPair extends Agreement {
  readonly photo1: number;
  readonly photo2: number;
}

/** Each holds little in memory, but a pair takes a fraction of a second only. */
const MOST_WORKERS = 8;
/** Starting another process takes as long as so many pairs. */
const PAIRS_PER_WORKER = 2;

/** How pairs are verified. */
export interface VerifyPairsOptions extends RunOptions {
  /** Equal seeds give equal results; 0 when left out. */
  readonly seed?: number | string | undefined;
  /** Processes of `verifyingProcesses`; its own when left out. */
  readonly workers?: WorkerPool | undefined;
  /** Called with what was found of each pair, by its index, as soon as it is; undefined where nothing is verified. */
  readonly onPair?: ((index: number, found: VerifiedPair | undefined) => Promise<void>) | undefined;
}

/** Processes that verify pairs, for as many rounds as there are. */
export function verifyingProcesses(signal: AbortSignal | undefined): WorkerPool {
  return new WorkerPool(() => startWorkerProcess(import.meta.url, "verify-worker", "verifies pairs of photos"), signal);
}

/**
 * The pairs of photos, `[photo1, photo2]`, whose feature matches support a relative pose beyond chance. Matched and verified
 * by several processes; the result depends on photos and seed alone.
 */
export async function verifyPairs(
  photos: readonly ComparedPhoto[],
  pairs: readonly (readonly [photo1: number, photo2: number])[],
  { seed, workers, onPair, onProgress, signal }: VerifyPairsOptions = {},
): Promise<VerifiedPair[]> {
  signal?.throwIfAborted();
  const total = pairs.length;
  function* requests(): Generator<VerifyRequest> {
    for (const [photo1, photo2] of pairs) {
      yield { photo1: photos[photo1]!, photo2: photos[photo2]!, seed: `${seed ?? 0} ${photo1} ${photo2}` };
    }
  }
  const pairOf = (index: number, agreement: Agreement | undefined): VerifiedPair | undefined => {
    const [photo1, photo2] = pairs[index]!;
    return agreement && { photo1, photo2, ...agreement };
  };
  let done = 0;
  using own = workers ? undefined : verifyingProcesses(signal);
  const pool = workers ?? own!;
  const found = await requestWorkers(requests(), {
    start: () => pool.lend(),
    workers: Math.min(MOST_WORKERS, processorCount(), Math.ceil(total / PAIRS_PER_WORKER)),
    signal,
    onAnswer: async (index, agreement) => {
      await onPair?.(index, pairOf(index, agreement as Agreement | undefined));
      onProgress?.({ stage: "refine", done: ++done, total });
    },
  });
  return (found as (Agreement | undefined)[]).flatMap((agreement, index) => pairOf(index, agreement) ?? []);
}

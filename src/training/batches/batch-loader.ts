import { startWorkerProcess } from "#platform";
import type { TensorValues } from "../../runtime/device.ts";
import type { BatchAnswer, BatchRequest } from "./batch-worker.ts";
import type { BatchSettings } from "./training-batches.ts";

/** Batches in order, made ahead of time in other processes. */
export interface BatchLoader extends Disposable {
  /** The next batch. */
  next(): Promise<TensorValues>;
  /** Seconds that `next` had to wait, in all. */
  readonly waited: number;
}

export interface LoaderOptions {
  /** Number of the first batch. */
  readonly first: number;
  readonly workers: number;
  /** Told what of the data could not be used, with a count. */
  readonly onNote?: ((note: string) => void) | undefined;
}

/** Batches under way per worker: one is made while the one before is handed over. */
const AHEAD = 2;

/**
 * Loads batches `first`, `first + 1`, … With w workers, worker k makes every w-th batch from scenes of its own, so that
 * what a batch holds depends on its number and w alone.
 */
export function openBatchLoader(settings: BatchSettings, { first, workers, onNote }: LoaderOptions): BatchLoader {
  const makers = Array.from({ length: workers }, (_, k) => {
    const worker = startWorkerProcess(import.meta.url, "batch-worker", "makes training batches");
    const own = { ...settings, worker: { index: k, count: workers } };
    const ready = worker.request({ kind: "settings", settings: own } satisfies BatchRequest);
    ready.catch(() => {});
    return worker;
  });
  const queue: Promise<BatchAnswer>[] = [];
  let requested = first;
  let waited = 0;
  const tell = countedNotes(onNote);
  const request = () => {
    const batch = requested++;
    const message: BatchRequest = { kind: "batch", batch: Math.floor(batch / workers) };
    const answer = makers[batch % workers]!.request(message) as Promise<BatchAnswer>;
    // Whoever takes it from the queue sees the failure.
    answer.catch(() => {});
    queue.push(answer);
  };
  for (let i = 0; i < AHEAD * workers; i++) request();
  return {
    get waited() {
      return waited;
    },
    async next() {
      const started = performance.now();
      const { batch, notes } = await queue.shift()!;
      waited += (performance.now() - started) / 1000;
      request();
      for (const note of notes) tell(note);
      return batch;
    },
    [Symbol.dispose]() {
      for (const maker of makers) maker.kill(new Error("the loader is closed"));
    },
  };
}

/** Counts what is told, and passes on the first, second, fourth, eighth …: a broken set must not drown the log. */
function countedNotes(onNote: ((note: string) => void) | undefined): (what: string) => void {
  let count = 0;
  return (what) => {
    count++;
    if (Number.isInteger(Math.log2(count))) onNote?.(`${what} (${count} so far)`);
  };
}

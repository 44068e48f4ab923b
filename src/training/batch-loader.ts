import { startWorkerProcess } from "#platform";
import type { TensorValues } from "../runtime/device.ts";
import type { BatchRequest } from "./batch-worker.ts";
import type { BatchSettings } from "./training-batches.ts";

/** Batches in order, made ahead of time in other processes. */
export interface BatchLoader extends Disposable {
  /** The next batch. */
  next(): Promise<TensorValues>;
  /** Seconds that `next` had to wait, in all. */
  readonly waited: number;
}

/** Batches under way per worker: one is made while the one before is handed over. */
const AHEAD = 2;

/**
 * Loads batches `first`, `first + 1`, … With w workers, worker k makes every w-th batch from scenes of its own, so that
 * what a batch holds depends on its number and w alone.
 */
export function openBatchLoader(settings: BatchSettings, first: number, workers: number): BatchLoader {
  const makers = Array.from({ length: workers }, (_, k) => {
    const worker = startWorkerProcess(import.meta.url, "batch-worker", "makes training batches");
    const own = { ...settings, seed: settings.seed * workers + k };
    const ready = worker.request({ kind: "settings", settings: own } satisfies BatchRequest);
    ready.catch(() => {});
    return worker;
  });
  const queue: Promise<TensorValues>[] = [];
  let requested = first;
  let waited = 0;
  const request = () => {
    const batch = requested++;
    const message: BatchRequest = { kind: "batch", batch: Math.floor(batch / workers) };
    const answer = makers[batch % workers]!.request(message) as Promise<TensorValues>;
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
      const batch = await queue.shift()!;
      waited += (performance.now() - started) / 1000;
      request();
      return batch;
    },
    [Symbol.dispose]() {
      for (const maker of makers) maker.kill(new Error("the loader is closed"));
    },
  };
}

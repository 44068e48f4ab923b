import type { WorkerProcess } from "./worker-process.ts";

/** How requests are spread over worker processes. */
export interface RequestWorkersOptions {
  /** Starts one of them. */
  readonly start: () => WorkerProcess;
  /** Processes at work. */
  readonly workers: number;
  /** Aborting ends the processes and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Called with every answer; what it gives, if anything, is kept instead. Its process takes no further request before that is done. */
  readonly onAnswer?: ((index: number, answer: unknown) => unknown) | undefined;
}

/**
 * The answers of worker processes to requests, in the order of these. Each request is made when a process is free for it, so
 * that they need not all be in memory. The first error ends all.
 */
export async function requestWorkers(
  requests: Iterable<unknown>,
  { start, workers, signal, onAnswer }: RequestWorkersOptions,
): Promise<unknown[]> {
  const answers: unknown[] = [];
  const waiting = entriesOf(requests);
  let hasFailed = false;
  const work = async (): Promise<void> => {
    signal?.throwIfAborted();
    const worker = start();
    const stop = (): void => worker.kill(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    try {
      for (let next = waiting.next(); !next.done && !hasFailed; next = waiting.next()) {
        const [index, request] = next.value;
        const answer = await worker.request(request);
        signal?.throwIfAborted();
        answers[index] = (await onAnswer?.(index, answer)) ?? answer;
      }
    } catch (error) {
      hasFailed = true;
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
      worker.kill(new Error("all requests are answered"));
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: workers }, work));
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  return answers;
}

function* entriesOf(requests: Iterable<unknown>): Generator<readonly [index: number, request: unknown]> {
  let index = 0;
  for (const request of requests) yield [index++, request];
}

import type { WorkerProcess } from "./worker-process.ts";

/** Processes of one kind that come back when a round of requests is over, and are there for the next: starting one takes a while. */
export class WorkerPool implements Disposable {
  readonly #start: () => WorkerProcess;
  readonly #signal: AbortSignal | undefined;
  readonly #idle: WorkerProcess[] = [];

  /** @param signal once it is aborted, processes end instead of coming back */
  constructor(start: () => WorkerProcess, signal: AbortSignal | undefined) {
    this.#start = start;
    this.#signal = signal;
  }

  /** A process; it comes back when it is killed. */
  lend(): WorkerProcess {
    const worker = this.#idle.pop() ?? this.#start();
    return {
      request: (message) => worker.request(message),
      kill: (reason) => {
        if (this.#signal?.aborted) worker.kill(reason);
        else this.#idle.push(worker);
      },
    };
  }

  /** Ends those that came back. */
  [Symbol.dispose](): void {
    for (const worker of this.#idle) worker.kill(new Error("all rounds are over"));
  }
}

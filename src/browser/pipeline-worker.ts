import { errorOf } from "../core/error-message.ts";
import { CapabilityError, InputError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { RunOptions } from "../core/progress.ts";
import type { FromWorker, PipelineCalls, ToWorker } from "./messages.ts";

/** What a call is told of and by. */
export interface CallOptions extends RunOptions {
  readonly logger?: Logger | undefined;
}

interface Pending extends CallOptions {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** A worker that holds the whole pipeline, so that the page only sends and receives. */
export class PipelineWorker {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  /** Sent when the worker listens. */
  #early: ToWorker[] | undefined = [];
  #calls = 0;
  #ended: { readonly reason: unknown } | undefined;

  constructor() {
    // In this form bundlers recognize it.
    this.#worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "dust3r-pipeline" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#receive(data));
    this.#worker.addEventListener("error", ({ message }) => {
      const cause = message ? ` (${message})` : "";
      this.close(
        new CapabilityError(
          `the worker that reconstructs could not start, or ended unexpectedly${cause}; if it ran, memory may have run out: ` +
            "use fewer or smaller photos",
        ),
      );
    });
  }

  /** Asks the worker; rejects with its error, or at once with the signal's reason when aborted. */
  async call<Name extends keyof PipelineCalls>(
    name: Name,
    args: Parameters<PipelineCalls[Name]>,
    options: CallOptions = {},
  ): Promise<ReturnType<PipelineCalls[Name]>> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#ended !== undefined) throw this.#ended.reason;
    const id = this.#calls++;
    const abort = () => {
      this.#send({ kind: "abort", id });
      this.#settle(id, ({ reject }) => reject(signal!.reason));
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      return await new Promise((resolve, reject) => {
        this.#pending.set(id, { ...options, resolve: resolve as Pending["resolve"], reject });
        this.#send({ kind: "call", id, name, args });
      });
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#pending.delete(id);
    }
  }

  /** Ends the worker and all that it started, at once; calls under way reject. */
  close(reason: unknown = new InputError("the model is closed")): void {
    this.#ended ??= { reason };
    this.#worker.terminate();
    for (const id of [...this.#pending.keys()]) this.#settle(id, ({ reject }) => reject(reason));
  }

  #send(message: ToWorker): void {
    if (this.#early !== undefined) {
      this.#early.push(message);
      return;
    }
    try {
      this.#worker.postMessage(message);
    } catch (cause) {
      const problem = new InputError(`an option cannot be sent to a worker: ${(cause as Error).message}`, { cause });
      this.#settle(message.id, ({ reject }) => reject(problem));
    }
  }

  #receive(message: FromWorker): void {
    if (message.kind === "ready") {
      const early = this.#early ?? [];
      this.#early = undefined;
      for (const waiting of early) this.#send(waiting);
      return;
    }
    const { id } = message;
    if (message.kind === "answer") this.#settle(id, ({ resolve }) => resolve(message.value));
    else if (message.kind === "error") this.#settle(id, ({ reject }) => reject(errorOf(message.error)));
    else if (message.kind === "progress") this.#pending.get(id)?.onProgress?.(message.event);
    else this.#pending.get(id)?.logger?.[message.level](message.message);
  }

  #settle(id: number, how: (pending: Pending) => void): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (pending !== undefined) how(pending);
  }
}

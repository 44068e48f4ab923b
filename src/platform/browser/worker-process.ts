import { type ErrorMessage, errorMessage, errorOf } from "../../core/error-message.ts";
import { CapabilityError } from "../../core/errors.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { buffersOf } from "./buffers-of.ts";

/** What a worker answers to request `id`; messages without one are notices, and the first says that it listens. */
interface Answer {
  readonly id?: number;
  readonly notice?: unknown;
  readonly result?: unknown;
  readonly error?: ErrorMessage;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

/** How a worker is started. */
export interface WorkerOptions {
  /** Called with what the worker tells while it works on a request. */
  readonly onNotice?: (notice: unknown) => void;
}

/** The part of a worker's global scope that is used here; the compiler knows the page's. */
interface WorkerScope {
  postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
}

/**
 * Starts a worker. It runs the script of the worker that asks, which tells by its `name` which module to serve from: so that
 * bundlers have one worker to find.
 * @param purpose completes the sentence "the worker that …" in an error message
 */
export function startWorkerProcess(
  _beside: string,
  name: string,
  purpose: string,
  { onNotice }: WorkerOptions = {},
): WorkerProcess {
  const worker = new Worker(location.href, { type: "module", name });
  const pending = new Map<number, Pending>();
  let requests = 0;
  let ended: { readonly reason: unknown } | undefined;
  let listens = false;
  const early: unknown[] = [];
  const send = (message: unknown) => (listens ? worker.postMessage(message) : early.push(message));
  const end = (reason: unknown) => {
    ended ??= { reason };
    worker.terminate();
    for (const { reject } of pending.values()) reject(ended.reason);
    pending.clear();
  };
  worker.addEventListener("error", ({ message }) => {
    const cause = message ? ` (${message})` : "";
    end(
      new CapabilityError(
        `the worker that ${purpose} ended unexpectedly${cause}: close other pages, or use a smaller size`,
      ),
    );
  });
  worker.addEventListener("message", ({ data: { id, notice, result, error } }: MessageEvent<Answer>) => {
    if (notice !== undefined) {
      onNotice?.(notice);
      return;
    }
    if (id === undefined) {
      listens = true;
      for (const message of early.splice(0)) send(message);
      return;
    }
    const waiting = pending.get(id);
    pending.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(errorOf(error));
  });
  return {
    request(message) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(ended.reason);
          return;
        }
        const id = requests++;
        pending.set(id, { resolve, reject });
        send({ id, message });
      });
    },
    kill: end,
  };
}

/** In the worker: answers every request with what `handle` gives, in the order they came; `tell` sends notices before that. */
export function serveRequests(handle: (message: unknown, tell: (notice: unknown) => void) => Promise<unknown>): void {
  const scope = self as unknown as WorkerScope;
  const tell = (notice: unknown) => scope.postMessage({ notice });
  let last: Promise<void> = Promise.resolve();
  scope.addEventListener("message", ({ data: { id, message } }) => {
    last = last.then(async () => {
      try {
        const result = await handle(message, tell);
        scope.postMessage({ id, result }, buffersOf(result));
      } catch (error) {
        scope.postMessage({ id, error: errorMessage(error) });
      }
    });
  });
  scope.postMessage({});
}

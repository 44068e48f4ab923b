import { CapabilityError } from "../../core/errors.ts";
import { type Answer, answerInTurn, PendingRequests, type Request } from "../pending-requests.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { buffersOf } from "./buffers-of.ts";

/** What a worker sends: answers, notices, and first an empty message, which says that it listens. */
type FromWorker = Answer | { readonly notice: unknown } | Readonly<Record<string, never>>;

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
  const pending = new PendingRequests();
  let listens = false;
  const early: Request[] = [];
  const send = (request: Request): void => {
    if (listens) worker.postMessage(request);
    else early.push(request);
  };
  const end = (reason: unknown) => {
    worker.terminate();
    pending.end(reason);
  };
  worker.addEventListener("error", ({ message }) => {
    const cause = message ? ` (${message})` : "";
    end(
      new CapabilityError(
        `the worker that ${purpose} ended unexpectedly${cause}: close other pages, or use a smaller size`,
      ),
    );
  });
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
    if ("notice" in data) onNotice?.(data.notice);
    else if ("id" in data) pending.settle(data as Answer);
    else {
      listens = true;
      for (const request of early.splice(0)) send(request);
    }
  });
  return { request: (message) => pending.ask(message, send), kill: end };
}

/** In the worker: answers every request with what `handle` gives, in the order they came; `tell` sends notices before that. */
export function serveRequests(handle: (message: unknown, tell: (notice: unknown) => void) => Promise<unknown>): void {
  const scope = self as unknown as WorkerScope;
  const tell = (notice: unknown) => scope.postMessage({ notice });
  const answer = answerInTurn(
    (message) => handle(message, tell),
    (one) => scope.postMessage(one, buffersOf(one.result)),
  );
  scope.addEventListener("message", ({ data }: MessageEvent<Request>) => answer(data));
  scope.postMessage({});
}

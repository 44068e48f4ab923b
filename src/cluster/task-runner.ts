import { isProcessDeath, startWorkerProcess } from "#platform";
import type { BlobStore } from "../core/blob-store.ts";
import { CapabilityError, InputError, isUserError } from "../core/errors.ts";
import type { ProgressEvent, RunOptions } from "../core/progress.ts";
import type { Device } from "../runtime/device.ts";
import { type AnyTaskKind, readAnswer, storeAnswer, type Task, taskName } from "./task.ts";

/** Where tasks are worked on. */
export interface WorkPlace {
  /** Address of the store. */
  readonly store: string;
  /** Where photos are found: in the store, or at their paths. */
  readonly photos: "store" | "paths";
  readonly device: Device | undefined;
  readonly threads: number | undefined;
}

/** What `task-worker.ts` is asked. */
export interface TaskRequest {
  readonly kind: string;
  readonly input: unknown;
  readonly place: WorkPlace;
}

/** Works on tasks, one after another. */
export interface TaskRunner extends AsyncDisposable {
  /**
   * The answer to a task: that of whoever finished it before, or a new one, which is kept in the store.
   * @throws InputError that names what can never be done, CapabilityError for what may go well elsewhere; the signal's reason when
   * aborted, at once
   */
  run(task: Task, options?: RunOptions): Promise<unknown>;
}

/**
 * Starts a process that works on tasks. The caller's event loop stays free, so that locks are renewed; native code that crashes, or
 * is killed for its memory, ends that process alone. Then the task is divided and tried again, down to single photos and pairs.
 */
export function openTaskRunner(place: WorkPlace, store: BlobStore): TaskRunner {
  let told: ((event: ProgressEvent) => void) | undefined;
  let worker: ReturnType<typeof startWorkerProcess> | undefined;
  const end = (reason: unknown) => {
    worker?.kill(reason);
    worker = undefined;
  };
  const ask = async (request: Omit<TaskRequest, "place">, { onProgress, signal }: RunOptions): Promise<unknown> => {
    signal?.throwIfAborted();
    worker ??= startWorkerProcess(import.meta.url, "task-worker", "works on tasks", {
      ownGroup: true,
      onNotice: (event) => told?.(event as ProgressEvent),
    });
    const stop = () => end(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    told = onProgress;
    try {
      return await worker.request({ ...request, place });
    } catch (error) {
      // Its network may have died in it.
      if (!(error instanceof InputError)) end(error);
      throw error;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  };
  const work = async (kind: AnyTaskKind, input: unknown, run: RunOptions): Promise<unknown> => {
    try {
      return await ask({ kind: kind.name, input }, run);
    } catch (error) {
      run.signal?.throwIfAborted();
      const items = kind.items(input);
      if (!isUserError(error) || !(error instanceof InputError || isProcessDeath(error))) throw error;
      if (kind.parts === undefined || items < 2) throw named(error, kind, input);
      const { slice, join } = kind.parts;
      const middle = items >> 1;
      const answers: unknown[] = [];
      const errors: Error[] = [];
      for (const [from, to] of [
        [0, middle],
        [middle, items],
      ] as const) {
        try {
          answers.push(await work(kind, slice(input, from, to), after(run, from, items)));
        } catch (problem) {
          run.signal?.throwIfAborted();
          if (!isUserError(problem)) throw problem;
          errors.push(problem);
        }
      }
      if (errors.length > 0) throw together(errors);
      return join(answers[0], answers[1]);
    }
  };
  return {
    async run(task, options = {}) {
      const done = await readAnswer(store, task);
      if (done !== undefined) return done.answer;
      const answer = await work(task.kind, task.input, options);
      await storeAnswer(store, task, answer);
      return answer;
    },
    async [Symbol.asyncDispose]() {
      end(new Error("no more tasks"));
    },
  };
}

/** Progress of a part as that of the whole. */
function after({ onProgress, signal }: RunOptions, from: number, total: number): RunOptions {
  return { signal, onProgress: onProgress && ((event) => onProgress({ ...event, done: from + event.done, total })) };
}

function named(error: Error, kind: AnyTaskKind, input: unknown): Error {
  if (error instanceof InputError) return error;
  return new CapabilityError(`${taskName({ kind, input })}: ${error.message}`, { cause: error });
}

/** One error for all parts; what may go well elsewhere is worth another attempt. */
function together(errors: readonly Error[]): Error {
  if (errors.length === 1) return errors[0]!;
  const message = errors.map((error) => error.message).join("\n");
  const isFinal = errors.every((error) => error instanceof InputError);
  return isFinal ? new InputError(message) : new CapabilityError(message);
}

import { startWorkerProcess } from "#platform";
import type { AnswerStatus } from "../core/answer-status.ts";
import type { ModelOptions } from "../pipeline/open-model.ts";
import type { JobOptions, JobProgress } from "./job.ts";

/** One job's work. */
export interface JobWork {
  readonly photos: readonly { readonly path: string; readonly label: string }[];
  /** The folder that the scene is written to; what an interrupted run finished is there, too. */
  readonly output: string;
  readonly options: JobOptions;
  /** Photos of more pixels are refused. */
  readonly mostPixels: number;
}

/** What a job's work came to, beside its files. */
export interface JobOutcome {
  readonly status: AnswerStatus;
  readonly registered: number;
  readonly warnings: readonly string[];
}

/** Does the work of jobs. Aborting rejects with the signal's reason and leaves what is needed to go on. */
export type RunJob = (
  work: JobWork,
  run: { readonly signal: AbortSignal; readonly onProgress: (progress: JobProgress) => void },
) => Promise<JobOutcome>;

/** The weights that jobs run with, and where. */
export type ServedModel = Pick<ModelOptions, "model" | "device" | "dtype" | "threads">;

/** What `reconstruct-worker.ts` is asked. */
export interface ReconstructRequest extends JobWork {
  readonly model: ServedModel;
}

/**
 * Runs every job in a process of its own, which ends with it: photos of strangers are decoded there, so a crash of native code or
 * the out-of-memory killer ends one job and not the server, stopping is immediate, and all memory comes back. It costs the
 * start of Node and the opening of the weights, which are mapped and not read, for each job.
 */
export function runInProcess(model: ServedModel): RunJob {
  return async (work, { signal, onProgress }) => {
    signal.throwIfAborted();
    const worker = startWorkerProcess(import.meta.url, "reconstruct-worker", "reconstructs", {
      ownGroup: true,
      onNotice: (notice) => onProgress(notice as JobProgress),
    });
    const stop = (): void => worker.kill(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
    try {
      const request: ReconstructRequest = { ...work, model };
      return (await worker.request(request)) as JobOutcome;
    } finally {
      signal.removeEventListener("abort", stop);
      worker.kill(new Error("the job is finished"));
    }
  };
}

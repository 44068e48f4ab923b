import { once } from "node:events";
import type { Job } from "bullmq";
import type { BlobStore } from "../../core/blob-store.ts";
import { InputError } from "../../core/errors.ts";
import type { Logger } from "../../core/logger.ts";
import { readTask } from "../task.ts";
import type { TaskRunner } from "../task-runner.ts";
import type { Broker } from "./broker.ts";
import { QUEUE_NAME, type QueuedTask } from "./queued-task.ts";

/** How a worker works. */
export interface WorkOptions {
  readonly broker: Broker;
  readonly store: BlobStore;
  readonly runner: TaskRunner;
  /** Unique among workers, without spaces. */
  readonly name: string;
  /** Of this program: tasks of others are refused. */
  readonly version: string;
  readonly logger: Logger;
  /** Aborting gives the task at work back at once. */
  readonly signal: AbortSignal;
  /** Milliseconds after which a worker that does not answer has lost its task; 30,000 when left out. */
  readonly lease?: number | undefined;
}

/** How often a task's worker may be lost before the task is to blame. */
const MOST_LOSSES = 10;
/** For the broker to take a task back. */
const FAREWELL_MS = 5000;

/**
 * Works on the tasks of a queue, one at a time, until the signal is aborted. The work is another process's, so that the lease is
 * renewed in time however long it takes.
 * @throws InputError where a task was given by another version of this program; it is left to others
 */
export async function workOnQueue(options: WorkOptions): Promise<void> {
  const { broker, store, runner, name, version, logger, signal, lease = 30_000 } = options;
  const { UnrecoverableError, WaitingError } = await import("bullmq");
  const refusal = new AbortController();
  const giveBack = async (job: Job<QueuedTask>, token: string): Promise<never> => {
    await job.moveToWait(token);
    throw new WaitingError();
  };
  const work = async (job: Job<QueuedTask>, token = ""): Promise<null> => {
    if (signal.aborted || refusal.signal.aborted) return await giveBack(job, token);
    if (job.data.version !== version) {
      const refused = `${name} has version ${version} of dust3r, the work was given by version ${job.data.version}: it takes none of it`;
      await job.updateProgress({ refused });
      refusal.abort(new InputError(`${refused}; install the same version on all machines`));
      return await giveBack(job, token);
    }
    logger.info(job.data.name);
    try {
      await runner.run(await readTask(store, job.data.key), { signal });
      return null;
    } catch (error) {
      if (signal.aborted) return await giveBack(job, token);
      logger.warn(`${job.data.name}: ${(error as Error).message}`);
      if (error instanceof InputError) throw new UnrecoverableError(error.message);
      throw error;
    }
  };
  const worker = new broker.Worker<QueuedTask, null>(QUEUE_NAME, work, {
    connection: broker.connection,
    name,
    concurrency: 1,
    lockDuration: lease,
    stalledInterval: lease / 2,
    maxStalledCount: MOST_LOSSES,
    runRetryDelay: Math.min(lease / 2, 5000),
    drainDelay: Math.max(1, Math.min(lease / 1000, 5)),
  });
  let problem = "";
  worker.on("error", ({ message }) => {
    // An outage is one problem, however often it is met.
    if (message !== problem) logger.warn(`the queue: ${message || "does not answer"}`);
    problem = message;
  });
  const ended = AbortSignal.any([signal, refusal.signal]);
  if (!ended.aborted) await once(ended, "abort");
  const close = worker.close();
  close.catch(() => {});
  await Promise.race([close, new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref())]);
  refusal.signal.throwIfAborted();
}

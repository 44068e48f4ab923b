import { setTimeout as sleep } from "node:timers/promises";
import type { Job, Queue } from "bullmq";
import type { BlobStore } from "../../core/blob-store.ts";
import type { Logger } from "../../core/logger.ts";
import type { RunOptions } from "../../core/progress.ts";
import { type FailedTask, failedTasks } from "../failed-tasks.ts";
import type { RunTasks } from "../fill-store.ts";
import { readAnswer, storeTask, type Task, taskName, taskOf } from "../task.ts";
import type { QueuedTask } from "./queued-task.ts";

/** How tasks are given to workers. */
export interface QueueOptions extends RunOptions {
  readonly queue: Queue<QueuedTask>;
  readonly store: BlobStore;
  /** Of this program: workers of others refuse the tasks. */
  readonly version: string;
  readonly logger: Logger;
  /** Milliseconds between looks at the tasks; 1000 when left out. */
  readonly poll?: number | undefined;
}

/** Attempts at a task whose worker met with an accident of its own: no memory, no store. */
const ATTEMPTS = 3;
const DAY = 86_400;
/** Jobs that are asked for at once. */
const AT_ONCE = 64;
/** Looks without any worker before that is told. */
const LOOKS_ALONE = 5;

/**
 * Runs tasks by giving them to workers. What is done is what has an answer in the store: a job that the queue lost, or that it calls
 * finished while the answer is missing, is given again. A broker that does not answer is waited for.
 */
export function runByQueue({ queue, store, version, logger, poll = 1000, onProgress, signal }: QueueOptions): RunTasks {
  const told = new Set<string>();
  const tellOnce = (message: string): void => {
    if (!told.has(message)) logger.warn(message);
    told.add(message);
  };
  const submit = async (task: Task): Promise<void> => {
    await storeTask(store, task);
    const data: QueuedTask = { version, key: task.key, name: taskName(task) };
    await queue.add(task.kind.name, data, {
      jobId: task.key,
      attempts: ATTEMPTS,
      backoff: { type: "exponential", delay: poll },
      removeOnComplete: { age: DAY },
      removeOnFail: { age: 7 * DAY },
    });
  };
  /** True for a job that failed for good. */
  const look = async (task: Task): Promise<{ readonly done?: unknown; readonly problem?: string } | undefined> => {
    const job: Job<QueuedTask> | undefined = await queue.getJob(task.key);
    if (job !== undefined && !job.finishedOn) {
      const { refused } = (typeof job.progress === "object" ? job.progress : {}) as { readonly refused?: string };
      if (refused !== undefined) tellOnce(refused);
      return undefined;
    }
    const done = await readAnswer(store, task);
    if (done !== undefined) return { done: done.answer };
    if (job?.failedReason) return { problem: job.failedReason };
    await job?.remove();
    await submit(task);
    return undefined;
  };
  return async (kind, inputs) => {
    const tasks = await Promise.all(inputs.map((input) => taskOf(kind, input)));
    const total = inputs.reduce((sum, input) => sum + kind.items(input), 0);
    const answers: unknown[] = [];
    const failed: FailedTask[] = [];
    const open = new Set(tasks.keys());
    let done = 0;
    let reused: number | undefined;
    const finish = (i: number, answer: unknown): void => {
      open.delete(i);
      answers[i] = answer;
      done += kind.items(inputs[i]!);
    };
    // Those that failed before are tried again: what was wrong may have been mended.
    for (const [i, task] of tasks.entries()) {
      signal?.throwIfAborted();
      const known = await readAnswer(store, task);
      if (known !== undefined) finish(i, known.answer);
      else await patiently(async () => await (await queue.getJob(task.key))?.retry("failed").catch(() => {}));
    }
    reused = done;
    for (let looks = 0, alone = 0; open.size > 0; looks++) {
      if (looks > 0) await sleep(poll, undefined, signal && { signal }).catch(() => signal?.throwIfAborted());
      await patiently(async () => {
        const before = done;
        for (const group of groupsOf([...open])) {
          await Promise.all(
            group.map(async (i) => {
              const outcome = await look(tasks[i]!);
              if (outcome === undefined) return;
              if (outcome.problem === undefined) finish(i, outcome.done);
              else {
                open.delete(i);
                failed.push({ task: tasks[i]!, problem: outcome.problem });
              }
            }),
          );
        }
        onProgress?.({ stage: kind.stage, done, total, ...(reused && { reused }) });
        alone = done > before || (await queue.getWorkersCount()) > 0 ? 0 : alone + 1;
        if (alone === LOOKS_ALONE)
          tellOnce("no worker is at the queue: start `dust3r worker` with this --queue and --store");
      });
    }
    if (failed.length > 0) throw failedTasks(failed, tasks.length);
    return answers as never;
  };

  /** Until the broker answers again; it keeps what it was given. */
  async function patiently(ask: () => Promise<unknown>): Promise<void> {
    let stop = () => {};
    const aborted = new Promise<never>((_, reject) => {
      stop = () => reject(signal?.reason);
    });
    aborted.catch(() => {});
    signal?.addEventListener("abort", stop, { once: true });
    try {
      await Promise.race([ask(), aborted]);
    } catch (error) {
      signal?.throwIfAborted();
      if (!isOutage(error)) throw error;
      tellOnce(`the broker does not answer (${(error as Error).message}); waiting for it`);
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }
}

/** Whether an error is of the connection to a broker, and not of what was asked. */
function isOutage(error: unknown): boolean {
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  return (
    /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|57P0|08)/.test(code) ||
    /Connection (is closed|terminated|ended)|connect(ion)? (timeout|ECONN)|LOADING|READONLY|timeout exceeded/i.test(
      message,
    )
  );
}

function groupsOf(indices: readonly number[]): number[][] {
  return Array.from({ length: Math.ceil(indices.length / AT_ONCE) }, (_, k) =>
    indices.slice(k * AT_ONCE, (k + 1) * AT_ONCE),
  );
}

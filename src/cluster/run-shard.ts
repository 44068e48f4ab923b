import { setTimeout as sleep } from "node:timers/promises";
import type { BlobStore } from "../core/blob-store.ts";
import { isUserError } from "../core/errors.ts";
import type { RunOptions } from "../core/progress.ts";
import { type FailedTask, failedTasks } from "./failed-tasks.ts";
import type { RunTasks } from "./fill-store.ts";
import { readAnswer, type Task, taskOf } from "./task.ts";
import type { TaskRunner } from "./task-runner.ts";

/** One of several processes that share a store and nothing else; `index` counts from 1. */
export interface ShardPlace {
  readonly index: number;
  readonly count: number;
}

/** How a part of the work is done. */
export interface ShardOptions extends RunOptions {
  readonly shard: ShardPlace;
  readonly store: BlobStore;
  readonly runner: TaskRunner;
  /** Milliseconds between looks at what the others have done; 500 when left out. */
  readonly poll?: number | undefined;
  /** Milliseconds that others have for a task at least, or twice the time of the longest one here; 3000 when left out. */
  readonly patience?: number | undefined;
}

/**
 * Runs tasks as one of several processes that were given the same work: first its own part, every `count`th task; then it waits for
 * the others, and where nothing more comes from them it does their tasks, too. So all of it is done even if this process is the only one.
 */
export function runShard({
  shard: { index, count },
  store,
  runner,
  poll = 500,
  patience = 3000,
  onProgress,
  signal,
}: ShardOptions): RunTasks {
  return async (kind, inputs) => {
    const tasks = await Promise.all(inputs.map((input) => taskOf(kind, input)));
    const total = inputs.reduce((sum, input) => sum + kind.items(input), 0);
    const answers = new Map<number, unknown>();
    const failed = new Map<number, FailedTask>();
    let longest = 0;
    const tell = () => {
      const done = [...answers.keys()].reduce((sum, i) => sum + kind.items(inputs[i]!), 0);
      onProgress?.({ stage: kind.stage, done, total });
    };
    const take = async (i: number): Promise<boolean> => {
      const done = await readAnswer(store, tasks[i]!);
      if (done === undefined) return false;
      answers.set(i, done.answer);
      tell();
      return true;
    };
    const work = async (i: number): Promise<void> => {
      const started = performance.now();
      try {
        answers.set(i, await runner.run(tasks[i]!, { signal }));
        tell();
      } catch (error) {
        signal?.throwIfAborted();
        if (!isUserError(error)) throw error;
        failed.set(i, { task: tasks[i]!, problem: error.message });
      }
      longest = Math.max(longest, performance.now() - started);
    };
    for (const i of tasks.keys()) if (i % count === index - 1 && !(await take(i))) await work(i);

    let heard = performance.now();
    for (;;) {
      const open = missing(tasks, answers, failed);
      if (open.length === 0) break;
      let news = false;
      for (const i of open) {
        signal?.throwIfAborted();
        if (await take(i)) news = true;
      }
      if (news) heard = performance.now();
      const left = missing(tasks, answers, failed);
      if (left.length === 0) break;
      if (performance.now() - heard < Math.max(patience, 2 * longest))
        await sleep(poll, undefined, { signal }).catch(() => signal?.throwIfAborted());
      // Every process begins elsewhere, so that they do not all do the same one.
      else await work(left[Math.floor((left.length * (index - 1)) / count)]!);
    }
    if (failed.size > 0) throw failedTasks([...failed.values()], tasks.length);
    return tasks.map((_, i) => answers.get(i)) as never;
  };
}

function missing(
  tasks: readonly Task[],
  answers: ReadonlyMap<number, unknown>,
  failed: ReadonlyMap<number, unknown>,
): number[] {
  return tasks.flatMap((_, i) => (answers.has(i) || failed.has(i) ? [] : [i]));
}

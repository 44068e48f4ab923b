import type { Queue } from "bullmq";
import type { QueuedTask } from "./queued-task.ts";

/** What is at a queue. */
export interface QueueReport {
  readonly waiting: number;
  readonly active: number;
  readonly delayed: number;
  readonly completed: number;
  /** Names of tasks that failed for good, and why. */
  readonly failed: readonly { readonly task: string; readonly problem: string }[];
  /** Host, process, device and memory of each. */
  readonly workers: readonly string[];
}

/** Failed tasks that are named. */
const MOST_NAMED = 100;

/** Looks at a queue. */
export async function queueReport(queue: Queue<QueuedTask>): Promise<QueueReport> {
  const counts = await queue.getJobCounts("wait", "active", "delayed", "completed");
  const failed = await queue.getFailed(0, MOST_NAMED - 1);
  const workers = await queue.getWorkers();
  return {
    waiting: counts.wait ?? 0,
    active: counts.active ?? 0,
    delayed: counts.delayed ?? 0,
    completed: counts.completed ?? 0,
    failed: failed.map(({ data, failedReason }) => ({ task: data.name, problem: failedReason })),
    workers: [...new Set(workers.map(({ rawname = "", name = "" }) => rawname.split(":w:")[1] ?? name))].sort(),
  };
}

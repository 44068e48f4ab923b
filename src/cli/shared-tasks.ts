import type { RunTasks } from "../cluster/fill-store.ts";
import { openBroker } from "../cluster/queue/broker.ts";
import { QUEUE_NAME, type QueuedTask } from "../cluster/queue/queued-task.ts";
import { runByQueue } from "../cluster/queue/run-by-queue.ts";
import { runShard, type ShardPlace } from "../cluster/run-shard.ts";
import { openTaskRunner } from "../cluster/task-runner.ts";
import type { BlobStore } from "../core/blob-store.ts";
import type { Device } from "../runtime/device.ts";
import { programVersion } from "./program-version.ts";
import type { TerminalRun } from "./terminal.ts";

/** For a queue to be told that nobody listens any more. */
const FAREWELL_MS = 2000;

/** Work whose tasks the workers of a queue do. */
export async function withQueue<T>(
  address: string,
  store: BlobStore,
  { logger, onProgress, signal }: TerminalRun,
  work: (tasks: RunTasks) => Promise<T>,
): Promise<T> {
  const broker = await openBroker(address);
  const queue = new broker.Queue<QueuedTask>(QUEUE_NAME, { connection: broker.connection });
  queue.on("error", () => {});
  try {
    return await work(runByQueue({ queue, store, version: programVersion(), logger, onProgress, signal }));
  } finally {
    // A broker that is away must not keep the program.
    await Promise.race([queue.close(), new Promise((resolve) => setTimeout(resolve, FAREWELL_MS).unref())]);
  }
}

/** Which of several processes this is, and where it does its part. */
export interface ShardFlags {
  readonly shard: ShardPlace;
  /** Address of what they share. */
  readonly store: string;
  readonly device?: Device | undefined;
  readonly threads?: number | undefined;
}

/** Work whose tasks this process and others that were given the same do together. */
export async function withShard<T>(
  { shard, store: address, device, threads }: ShardFlags,
  store: BlobStore,
  run: TerminalRun,
  work: (tasks: RunTasks) => Promise<T>,
): Promise<T> {
  await using runner = openTaskRunner({ store: address, photos: "paths", device, threads }, store);
  return await work(runShard({ shard, store, runner, ...run }));
}

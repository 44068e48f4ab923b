import { openBroker } from "../cluster/queue/broker.ts";
import { queueReport } from "../cluster/queue/queue-report.ts";
import { QUEUE_NAME, type QueuedTask } from "../cluster/queue/queued-task.ts";
import type { OutputFlags } from "./shared-options.ts";
import { printOut } from "./standard-output.ts";

/** Flags of `dust3r queue`. */
export interface QueueFlags extends OutputFlags {
  readonly queue: string;
}

/** Does something to a queue, and prints what is at it then. */
export async function manageQueue(
  action: "status" | "retry" | "drain",
  { queue: address, json = false }: QueueFlags,
): Promise<void> {
  const broker = await openBroker(address);
  const queue = new broker.Queue<QueuedTask>(QUEUE_NAME, { connection: broker.connection });
  queue.on("error", () => {});
  try {
    if (action === "retry") await queue.retryJobs({ state: "failed" });
    if (action === "drain") await queue.drain(true);
    const report = await queueReport(queue);
    if (json) {
      await printOut(JSON.stringify(report, null, 1));
      return;
    }
    const { waiting, active, delayed, completed, failed, workers } = report;
    const lines = [
      `${waiting} tasks wait, ${active} are at work, ${delayed} wait for another attempt, ${completed} are done, ${failed.length} failed`,
      ...failed.map(({ task, problem }) => `  ${task}: ${problem}`),
      workers.length === 0 ? "no workers" : "workers",
      ...workers.map((worker) => `  ${worker}`),
    ];
    await printOut(lines.join("\n"));
  } finally {
    await queue.close();
  }
}

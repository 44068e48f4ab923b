import { Command, Option } from "commander";
import { DEVICES } from "../../runtime/device.ts";
import { runAction } from "../run-action.ts";
import { positiveInteger } from "../shared-options.ts";
import type { WorkerFlags } from "../work-for-queue.ts";

/** `dust3r worker`: works on the tasks of a queue. */
export function workerCommand(): Command {
  return new Command("worker")
    .description("work on the tasks that `dust3r reconstruct --queue` gives, until it is stopped")
    .requiredOption("--queue <url>", "the broker: redis://host:port or postgres://user@host/database")
    .requiredOption("--store <place>", "the store of those who give the work: a folder, or s3://bucket/prefix")
    .addOption(new Option("--device <device>", "where the network runs").choices(DEVICES).default("auto"))
    .option("--threads <n>", "CPU threads (default: all cores)", positiveInteger)
    .option(
      "--lease <seconds>",
      "after so many without a sign of life a worker has lost its task to another",
      positiveInteger,
      30,
    )
    .option("--quiet", "print no log, only problems")
    .action((flags: WorkerFlags) =>
      runAction(async (signal) => {
        const { workForQueue } = await import("../work-for-queue.ts");
        await workForQueue(flags, signal);
      }),
    );
}

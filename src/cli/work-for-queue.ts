import { hostname, totalmem } from "node:os";
import { openBroker } from "../cluster/queue/broker.ts";
import { workOnQueue } from "../cluster/queue/work-on-queue.ts";
import { openStore } from "../cluster/store/open-store.ts";
import { openTaskRunner } from "../cluster/task-runner.ts";
import type { Device } from "../runtime/device.ts";
import { fastestDevice } from "../runtime/probe.ts";
import { programVersion } from "./program-version.ts";
import type { OutputFlags } from "./shared-options.ts";
import { withTerminal } from "./terminal.ts";

/** Flags of `dust3r worker`. */
export interface WorkerFlags extends OutputFlags {
  readonly queue: string;
  readonly store: string;
  readonly device: Device;
  readonly threads?: number;
  readonly lease: number;
}

/** Works on the tasks of a queue until the signal is aborted; the task at work is given back then. */
export async function workForQueue(flags: WorkerFlags, signal: AbortSignal): Promise<void> {
  await withTerminal(flags, signal, async ({ logger }) => {
    const broker = await openBroker(flags.queue);
    const store = await openStore(flags.store);
    const device = flags.device === "auto" ? await fastestDevice(signal) : flags.device;
    const name = `${hostname()}/${process.pid}/${device}/${Math.round(totalmem() / 2 ** 30)}GiB`;
    await using runner = openTaskRunner({ store: flags.store, photos: "store", device, threads: flags.threads }, store);
    logger.info(`${name} works for ${broker.name}`);
    const lease = 1000 * flags.lease;
    await workOnQueue({ broker, store, runner, name, version: programVersion(), logger, signal, lease });
    logger.info("stopped; the task at work was given back");
  });
}

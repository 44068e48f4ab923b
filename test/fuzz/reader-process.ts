import { isUserError } from "../../src/core/errors.ts";
import { peakMemory } from "../../src/platform/node/environment.ts";
import { formatTargets } from "./format-targets.ts";
import { pictureTargets } from "./picture-targets.ts";

/** What reading a file took. */
export interface ReadingCost {
  /** Of all threads, in milliseconds. */
  readonly cpu: number;
  /** By how much the most memory that the process ever held grew, in bytes. */
  readonly memory: number;
  /** What was thrown, where it is not an error for users, with its stack. */
  readonly bug: string | undefined;
}

/** What the process is asked to read. */
export interface Reading {
  readonly target: string;
  readonly bytes: Uint8Array;
}

// Decoders talk; the answers go over their own channel.
console.log = () => {};
const targets = { ...(await formatTargets()), ...(await pictureTargets()) };

process.on("message", async ({ target, bytes }: Reading) => {
  const { user, system } = process.cpuUsage();
  const before = peakMemory();
  let bug: string | undefined;
  try {
    await targets[target]!.read(bytes);
  } catch (error) {
    if (!isUserError(error)) bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
    else if (error.message.length > 2000) bug = `a message of ${error.message.length} characters`;
  }
  const spent = process.cpuUsage({ user, system });
  const cpu = (spent.user + spent.system) / 1000;
  const memory = peakMemory() - before;
  process.send!({ cpu, memory, bug } satisfies ReadingCost);
});
process.on("disconnect", () => process.exit());
process.send!("ready");

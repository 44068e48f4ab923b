import { Command } from "commander";
import type { QueueFlags } from "../manage-queue.ts";
import { runAction } from "../run-action.ts";
import { withOutputOptions } from "../shared-options.ts";

/** What may be done to a queue. */
const ACTIONS = {
  status: "what waits, is at work, has failed, and which workers there are",
  retry: "give the tasks that failed to the workers again",
  drain: "take back the tasks that wait; those at work go on",
} as const;

/** `dust3r queue`: looks at the tasks of a queue. */
export function queueCommand(): Command {
  const command = new Command("queue").description("the tasks that wait for workers");
  for (const action of ["status", "retry", "drain"] as const) {
    const own = withOutputOptions(new Command(action))
      .description(ACTIONS[action])
      .requiredOption("--queue <url>", "the broker: redis://host:port or postgres://user@host/database")
      .action((flags: QueueFlags) =>
        runAction(async () => {
          const { manageQueue } = await import("../manage-queue.ts");
          await manageQueue(action, flags);
        }),
      );
    command.addCommand(own);
  }
  return command;
}

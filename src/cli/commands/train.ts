import { Command } from "commander";
import { runAction } from "../run-action.ts";
import { positiveInteger } from "../shared-options.ts";

/** What the command line says of a training run. */
export interface TrainFlags {
  readonly output: string;
  readonly init?: string;
  readonly threads?: number;
  readonly changedConfig?: boolean;
  readonly quiet?: boolean;
}

/** `dust3r train`: a network of one's own. */
export function trainCommand(): Command {
  return new Command("train")
    .description("train a network on procedural scenes; stop and go on at any time")
    .argument("<config>", "a JSON file; docs/training.md explains its fields")
    .requiredOption("-o, --output <folder>", "receives checkpoints and the log")
    .option("--init <model>", "weights of the same architecture to start from")
    .option("--threads <n>", "CPU threads (default: all cores)", positiveInteger)
    .option("--changed-config", "go on although the configuration has changed")
    .option("--quiet", "print no progress")
    .action((config: string, flags: TrainFlags) =>
      runAction(async (signal) => {
        const { trainFromFile } = await import("../train-from-file.ts");
        await trainFromFile(config, flags, signal);
      }, "run the same command again to go on"),
    );
}

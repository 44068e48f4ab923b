import { Command } from "commander";
import { runAction } from "../run-action.ts";
import { RESUME_HINT } from "../shared-options.ts";
import type { TrainFlags } from "../train-from-file.ts";
import { withRunOptions } from "./train.ts";

/** `dust3r pretrain`: encoder and decoder learn to complete views before pointmaps are asked for. */
export function pretrainCommand(): Command {
  return withRunOptions(new Command("pretrain"))
    .description("pre-train by cross-view completion (CroCo); `train --init` starts from the result")
    .action((config: string, flags: TrainFlags) =>
      runAction(async (signal) => {
        const { pretrainFromFile } = await import("../train-from-file.ts");
        await pretrainFromFile(config, flags, signal);
      }, RESUME_HINT),
    );
}

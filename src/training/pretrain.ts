import { completionObjective } from "./completion-objective.ts";
import type { PretrainConfig } from "./pretrain-config.ts";
import { runTraining, type TrainOptions } from "./training-run.ts";

/** Trains encoder and decoder by cross-view completion, as `train` trains the whole; `train` starts from the result. */
export async function pretrain(config: PretrainConfig, options: TrainOptions): Promise<void> {
  await runTraining(completionObjective(config), options);
}

import type { PretrainConfig } from "./config/pretrain-config.ts";
import { completionObjective } from "./objectives/completion-objective.ts";
import { runTraining, type TrainOptions } from "./run/training-run.ts";

/** Trains encoder and decoder by cross-view completion, as `train` trains the whole; `train` starts from the result. */
export async function pretrain(config: PretrainConfig, options: TrainOptions): Promise<void> {
  await runTraining(completionObjective(config), options);
}

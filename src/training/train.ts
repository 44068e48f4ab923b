import type { TrainConfig } from "./config/train-config.ts";
import { pointmapObjective } from "./objectives/pointmap-objective.ts";
import { runTraining, type TrainOptions } from "./run/training-run.ts";

/**
 * Trains a network that predicts the pointmaps of a pair of images, through all stages. An aborted run writes a
 * checkpoint first; the same call goes on from the newest one, exactly as if it had never stopped.
 * @throws InputError when the loss stops being a number or explodes, naming the step, its batches and the last good
 * checkpoint
 */
export async function train(config: TrainConfig, options: TrainOptions): Promise<void> {
  await runTraining(pointmapObjective(config), options);
}

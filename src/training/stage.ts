import type { NetworkConfig } from "../network/config.ts";
import { type PatchGrid, patchGrid } from "../network/tokens.ts";
import type { BatchSettings } from "./procedural-batches.ts";
import type { ScheduleOptions } from "./schedule.ts";
import { configuredNetwork, type TrainConfig, type TrainStage } from "./train-config.ts";

/** The grids of `pairs` pairs of landscape views at a stage's resolution, as `pairGraph` wants them. */
export function stageGrids({ width, height }: TrainStage, network: NetworkConfig, pairs: number): readonly PatchGrid[] {
  const grid = patchGrid(height, width, network.patchSize);
  return Array.from({ length: 2 * pairs }, () => grid);
}

/** How the learning rate moves during a stage. */
export function stageSchedule({ learningRate, finalLearningRate, warmup, steps }: TrainStage): ScheduleOptions {
  return { peak: learningRate, final: finalLearningRate, warmup, total: steps };
}

/** What the batches of stage `number` are made of; every stage draws scenes of its own. */
export function stageBatches(config: TrainConfig, number: number): BatchSettings {
  const { workers: _, ...data } = config.data;
  const network = configuredNetwork(config);
  return { ...data, ...config.stages[number]!, seed: config.seed * 1000 + number, network };
}

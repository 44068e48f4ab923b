import type { NetworkConfig } from "../../network/config.ts";
import { type PatchGrid, patchGrid } from "../../network/tokens.ts";
import type { RunConfig, TrainStage } from "../config/run-config.ts";
import { type BatchSettings, uprightPairs } from "./training-batches.ts";

/**
 * The grids of `pairs` pairs of views at a stage's resolution, as `pairGraph` wants them.
 * @param upright how many of the pairs are portrait, the last ones
 */
export function stageGrids(
  { width, height }: TrainStage,
  network: NetworkConfig,
  pairs: number,
  upright = 0,
): readonly PatchGrid[] {
  const { rows, columns } = patchGrid(height, width, network.patchSize);
  const images = Array.from({ length: pairs }, (_, i) =>
    i < pairs - upright ? { rows, columns } : { rows: columns, columns: rows },
  );
  return [...images, ...images];
}

/** The grids of those batches of `stageBatches` that have the stage's height. */
export function batchGrids(stage: TrainStage, settings: BatchSettings): readonly PatchGrid[] {
  return stageGrids(stage, settings.network, stage.pairs, uprightPairs(settings));
}

/** What the batches of stage `number` are made of; every stage draws scenes of its own. */
export function stageBatches(config: RunConfig, number: number, network: NetworkConfig): BatchSettings {
  const { workers: _, ...data } = config.data;
  return { ...data, ...config.stages[number]!, seed: config.seed * 1000 + number, network };
}

import { parameterShapes } from "../../network/parameters.ts";
import { seriesHeights } from "../../procedural/scene-size.ts";
import { batchGrids, stageBatches } from "../batches/stage-batches.ts";
import type { BatchSettings } from "../batches/training-batches.ts";
import { configuredNetwork, isSameTrainConfig, type TrainConfig } from "../config/train-config.ts";
import { pairLossGraph } from "../loss/pair-loss-graph.ts";
import { trainingCriterion } from "../loss/pointmap-loss.ts";
import type { TrainingGraph } from "../loss/training-graph.ts";
import type { Objective } from "./objective.ts";
import { openPointmapValidation } from "./pointmap-validation.ts";

/** Section 3.2 of the paper: both views' pointmaps in the frame of view 1, with their confidence. */
export function pointmapObjective(config: TrainConfig): Objective {
  const network = configuredNetwork(config);
  return {
    config,
    network,
    directions: 2,
    shapes: parameterShapes(network),
    isOwnConfig: (recorded) => isSameTrainConfig(recorded, config),
    batches: (number) => pointmapBatches(config, number),
    graphs: (number) => {
      return seriesHeights(config.stages[number]!).map((height) => pointmapGraph(config, number, height));
    },
    openValidation: (number) => openPointmapValidation(config, number),
  };
}

/** What the batches of stage `number` are made of. */
export function pointmapBatches(config: TrainConfig, number: number): BatchSettings {
  return {
    ...stageBatches(config, number, configuredNetwork(config)),
    matching: config.matching + config.attention > 0,
  };
}

/** The loss of such a batch whose landscape views are `height` high. */
export function pointmapGraph(config: TrainConfig, number: number, height: number): TrainingGraph {
  const grids = batchGrids({ ...config.stages[number]!, height }, pointmapBatches(config, number));
  const { alpha, matching, attention, saveMemory } = config;
  return pairLossGraph(configuredNetwork(config), grids, trainingCriterion(alpha), { matching, attention, saveMemory });
}

import { parameterShapes } from "../network/parameters.ts";
import { batchHeights } from "./batch-height.ts";
import type { Objective } from "./objective.ts";
import { pairGraph } from "./pair-graph.ts";
import { openPointmapValidation } from "./pointmap-validation.ts";
import { batchGrids, stageBatches } from "./stage.ts";
import { configuredNetwork, isSameTrainConfig, type TrainConfig } from "./train-config.ts";
import type { BatchSettings } from "./training-batches.ts";
import { trainingCriterion } from "./training-criterion.ts";
import type { TrainingGraph } from "./training-graph.ts";

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
      return batchHeights(config.stages[number]!).map((height) => pointmapGraph(config, number, height));
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
  return pairGraph(configuredNetwork(config), grids, trainingCriterion(alpha), { matching, attention, saveMemory });
}

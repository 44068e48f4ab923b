import type { NetworkConfig } from "../../network/config.ts";
import { crocoParameterShapes } from "../../network/croco.ts";
import { patchGrid } from "../../network/tokens.ts";
import { seriesHeights } from "../../procedural/scene-size.ts";
import { hiddenPatches } from "../batches/completion-batch.ts";
import { stageBatches } from "../batches/stage-batches.ts";
import { isSamePretrainConfig, type PretrainConfig } from "../config/pretrain-config.ts";
import { type TrainStage, trunkWithHead } from "../config/run-config.ts";
import { type CompletionShape, completionGraph } from "../loss/completion-graph.ts";
import { openCompletionValidation } from "./completion-validation.ts";
import type { Objective } from "./objective.ts";

/**
 * CroCo v2 (Weinzaepfel et al. 2023): reconstruct the masked patches of view 1 from its other ones and all of view 2.
 */
export function completionObjective(config: PretrainConfig): Objective {
  const network = pretrainedNetwork(config);
  return {
    config,
    network,
    directions: 1,
    shapes: crocoParameterShapes(network),
    isOwnConfig: (recorded) => isSamePretrainConfig(recorded, config),
    batches: (number) => ({ ...stageBatches(config, number, network), masked: config.masked }),
    graphs: (number) => {
      const stage = config.stages[number]!;
      return seriesHeights(stage).map((height) =>
        completionGraph(network, completionShape(config, { ...stage, height })),
      );
    },
    openValidation: (number) => {
      return openCompletionValidation(network, config, completionShape(config, config.stages[number]!), number);
    },
  };
}

/** Without a head: that of pre-training is of no use afterward. */
function pretrainedNetwork(config: PretrainConfig): NetworkConfig {
  return trunkWithHead(config, { kind: "none" });
}

function completionShape({ network, masked }: PretrainConfig, { width, height, pairs }: TrainStage): CompletionShape {
  const grid = patchGrid(height, width, network.patchSize);
  return { pairs, grid, hidden: hiddenPatches(grid, masked) };
}

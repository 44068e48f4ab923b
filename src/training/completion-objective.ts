import type { NetworkConfig } from "../network/config.ts";
import { crocoParameterShapes } from "../network/croco.ts";
import { patchGrid, tokenCount } from "../network/tokens.ts";
import { type CompletionShape, completionGraph } from "./completion-graph.ts";
import { openCompletionValidation } from "./completion-validation.ts";
import type { Objective } from "./objective.ts";
import { isSamePretrainConfig, type PretrainConfig } from "./pretrain-config.ts";
import { trunkWithHead } from "./run-config.ts";
import { stageBatches } from "./stage.ts";

/** CroCo v2 (Weinzaepfel et al. 2023): paint the hidden patches of view 1 from its other ones and all of view 2. */
export function completionObjective(config: PretrainConfig): Objective {
  const network = pretrainedNetwork(config);
  return {
    config,
    network,
    directions: 1,
    shapes: crocoParameterShapes(network),
    isOwnConfig: (recorded) => isSamePretrainConfig(recorded, config),
    batches: (number) => {
      return { ...stageBatches(config, number, network), hidden: completionShape(config, number).hidden };
    },
    graph: (number) => completionGraph(network, completionShape(config, number)),
    openValidation: (number) => openCompletionValidation(network, config, completionShape(config, number), number),
  };
}

/** Without a head: that of pre-training is of no use afterwards. */
function pretrainedNetwork(config: PretrainConfig): NetworkConfig {
  return trunkWithHead(config, { kind: "none" });
}

function completionShape({ stages, network, masked }: PretrainConfig, number: number): CompletionShape {
  const { width, height, pairs } = stages[number]!;
  const grid = patchGrid(height, width, network.patchSize);
  return { pairs, grid, hidden: Math.floor(masked * tokenCount(grid)) };
}

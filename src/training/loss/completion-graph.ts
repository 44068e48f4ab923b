import type { NetworkConfig } from "../../network/config.ts";
import { completeView, crocoParameterShapes, paintPatches } from "../../network/croco.ts";
import { embedPatches } from "../../network/encoder.ts";
import type { ParameterSource } from "../../network/parameter-source.ts";
import { type PatchGrid, tokenCount } from "../../network/tokens.ts";
import { reshape, sum } from "../../tensor/operators/broadcasting.ts";
import { add, divide, multiply, scalar, sqrt, subtract } from "../../tensor/operators/elementwise.ts";
import { slice, transpose } from "../../tensor/operators/movement.ts";
import { mean } from "../../tensor/operators/reduction.ts";
import { input, type Tensor } from "../../tensor/tensor.ts";
import { type TrainingGraph, trainingGraph } from "./training-graph.ts";

/** A batch of cross-view completion: all images have equally many patches, and equally many of them are masked. */
export interface CompletionShape {
  readonly pairs: number;
  /** Of any image; others may be portrait, positions are data. */
  readonly grid: PatchGrid;
  /** Masked patches of view 1; CroCo masks 90 %. */
  readonly hidden: number;
}

/**
 * The loss of CroCo pre-training on a batch that `completionBatch` feeds.
 * @param show whether the details hold the predicted normalized pixels of the masked patches, `painted`
 */
export function completionGraph(config: NetworkConfig, shape: CompletionShape, show = false): TrainingGraph {
  return trainingGraph(crocoParameterShapes(config), (parameters) => {
    const painted = paintPatches(hiddenTokens(config, shape, parameters), config, parameters);
    const truth = pixelTargets(input("hidden", [shape.pairs * shape.hidden, 3 * config.patchSize ** 2]));
    return { loss: meanSquare(subtract(painted, truth)), details: show ? { painted } : {} };
  });
}

/** Decoded tokens of the masked patches, `[pairs · hidden, dim]`. */
function hiddenTokens(
  config: NetworkConfig,
  { pairs, grid, hidden }: CompletionShape,
  parameters: ParameterSource,
): Tensor {
  const tokens = tokenCount(grid);
  const limit = Math.max(grid.rows, grid.columns);
  const embedded = (name: string, count: number) => ({
    x: embedPatches(input(name, [pairs * count, 3 * config.patchSize ** 2]), config, parameters),
    batch: pairs,
    grid,
  });
  const positions = (name: string) => ({ coordinates: input(name, [pairs * tokens, 2], "int64"), limit });
  const decoded = completeView(
    embedded("visible", tokens - hidden),
    positions("positions1"),
    { ...embedded("patches2", tokens), positions: positions("positions2") },
    { config, parameters },
  );
  return reshape(slice(decoded, 1, tokens - hidden, tokens), [pairs * hidden, config.decoder.dim]);
}

/**
 * The regression target: each patch with zero mean and unit variance.
 * @param patches `[rows, 3 · p · p]`: channel, row, column @returns the channel running fastest
 */
export function pixelTargets(patches: Tensor): Tensor {
  const [rows, size] = patches.shape as [number, number];
  const centered = subtract(patches, mean(patches, [1], true));
  const variance = divide(sum(multiply(centered, centered), [1], true), scalar(size - 1));
  const whitened = divide(centered, sqrt(add(variance, scalar(1e-6))));
  return reshape(transpose(reshape(whitened, [rows, 3, size / 3]), [0, 2, 1]), [rows, size]);
}

/** Mean of the squares. */
export function meanSquare(x: Tensor): Tensor {
  return mean(multiply(x, x));
}

import type { Comparison } from "../../network/attention.ts";
import type { NetworkConfig } from "../../network/config.ts";
import { decode } from "../../network/decoder.ts";
import { embedPatches, encodeTokens } from "../../network/encoder.ts";
import { parameterShapes } from "../../network/parameters.ts";
import { type PatchGrid, type Tokens, tokenCount } from "../../network/tokens.ts";
import { add, cast, multiply, scalar } from "../../tensor/operators/elementwise.ts";
import { concat, split } from "../../tensor/operators/movement.ts";
import { applyPiece, recompute } from "../../tensor/recompute.ts";
import { input, type Tensor } from "../../tensor/tensor.ts";
import { planeShape } from "../batches/plane-layout.ts";
import { attentionLoss, matchingLoss } from "./matching-loss.ts";
import type { Criterion, LossTerms } from "./pointmap-loss.ts";
import { predictPlanes } from "./predict-planes.ts";
import { type TrainingGraph, trainingGraph } from "./training-graph.ts";

export interface PairLossGraphOptions {
  /** Gradient checkpointing: every block is computed twice instead of keeping its activations. */
  readonly saveMemory?: boolean;
  /** Weight of the matching loss; 0 leaves it out. */
  readonly matching?: number;
  /** Weight of the matching loss on the first head of all cross-attention; 0 leaves it out. */
  readonly attention?: number;
}

/**
 * The loss of a batch of image pairs, each in both directions. Every image is encoded once and decoded once on each
 * side: side 1 has all images, side 2 the partner of each. `pairBatch` makes the feeds.
 * @param grids of the first images of all pairs, then of the second ones; equal token counts. With a linear head they
 * may be of any orientation, whatever is said here: positions are data.
 */
export function pairLossGraph(
  config: NetworkConfig,
  grids: readonly PatchGrid[],
  criterion: Criterion,
  { saveMemory = false, matching = 0, attention = 0 }: PairLossGraphOptions = {},
): TrainingGraph {
  const run = saveMemory ? recompute : applyPiece;
  const [images, tokens] = [grids.length, tokenCount(grids[0]!)];
  const { patches, pixels } = planeShape(config, grids[0]!);
  const points = [images, patches, 3, pixels];
  const valid = cast(input("valid", [images, patches, 1, pixels], "uint8"), "float32");
  return trainingGraph(parameterShapes(config), (parameters) => {
    const embedded = embedPatches(input("patches", [images * tokens, 3 * config.patchSize ** 2]), config, parameters);
    const coordinates = input("positions", [images * tokens, 2], "int64");
    const limit = Math.max(...grids.flatMap(({ rows, columns }) => [rows, columns]));
    const side1 = encodeTokens(
      { x: embedded, batch: images, grid: grids[0]!, positions: { coordinates, limit } },
      config,
      parameters,
      run,
    );
    const side2: Tokens = {
      ...side1,
      x: partners(side1.x),
      positions: { coordinates: partners(coordinates), limit },
    };
    const comparisons: Comparison[] = [];
    const onComparison = (comparison: Comparison) => comparisons.push(comparison);
    const { levels1, levels2 } = decode(side1, side2, config, parameters, { run, onComparison });
    const partnerGrids = [...grids.slice(images / 2), ...grids.slice(0, images / 2)];
    const terms = criterion({
      predictions: [
        predictPlanes(levels1, "downstream_head1", grids, config, parameters),
        predictPlanes(levels2, "downstream_head2", partnerGrids, config, parameters),
      ],
      targets: [
        { points: input("points1", points), valid },
        { points: input("points2", points), valid: partners(valid) },
      ],
    });
    const shares = input("shares", [images, tokens, tokens]);
    const guided = withTerm(terms, "matchingLoss", matching, () => matchingLoss(side1.x, shares));
    return withTerm(guided, "attentionLoss", attention, () => {
      const { heads } = config.decoder;
      // Side 2 holds the partner of each image.
      const sides = [shares, partners(shares)] as const;
      const each = comparisons.map((comparison, i) => attentionLoss(comparison, heads, sides[i % 2]!));
      return multiply(each.reduce(add), scalar(1 / each.length));
    });
  });
}

/** Adds a term to a loss, unless its weight is 0. */
function withTerm({ loss, details }: LossTerms, name: string, weight: number, term: () => Tensor): LossTerms {
  if (weight === 0) return { loss, details };
  const value = term();
  return { loss: add(loss, multiply(value, scalar(weight))), details: { ...details, [name]: value } };
}

/** Row i becomes the row of image i's partner: the halves are swapped. */
function partners(x: Tensor): Tensor {
  const half = x.shape[0]! / 2;
  const [first, second] = split(x, [half, half], 0) as [Tensor, Tensor];
  return concat([second, first], 0);
}

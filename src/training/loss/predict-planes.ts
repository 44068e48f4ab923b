import type { NetworkConfig } from "../../network/config.ts";
import type { DecoderLevels } from "../../network/decoder.ts";
import { dptHead } from "../../network/dpt-head.ts";
import { linearLayer } from "../../network/layers.ts";
import type { ParameterSource } from "../../network/parameter-source.ts";
import { activateConfidence, activatePoints } from "../../network/pointmap-activation.ts";
import { type PatchGrid, tokenCount } from "../../network/tokens.ts";
import { reshape } from "../../tensor/operators/broadcasting.ts";
import { concat, slice, split } from "../../tensor/operators/movement.ts";
import { ShapeError } from "../../tensor/shape.ts";
import type { Tensor } from "../../tensor/tensor.ts";
import { planeShape } from "../batches/plane-layout.ts";
import type { PredictedView } from "./pointmap-loss.ts";

/**
 * A side's prediction in the layout of the head's output, so that nothing is transposed for the loss.
 * @param grids of every image; a linear head needs no more than their common token count
 */
export function predictPlanes(
  levels: DecoderLevels,
  name: string,
  grids: readonly PatchGrid[],
  config: NetworkConfig,
  parameters: ParameterSource,
): PredictedView {
  const raw = rawPlanes(levels, name, grids, config, parameters);
  const [xyz, logit] = split(raw, [3, 1], 2) as [Tensor, Tensor];
  return {
    points: activatePoints(xyz, config.depthMode, 2),
    confidence: activateConfidence(logit, config.confidenceMode),
  };
}

/** Raw xyz and confidence, `[batch, patches, 4, pixels]`. */
function rawPlanes(
  levels: DecoderLevels,
  name: string,
  grids: readonly PatchGrid[],
  config: NetworkConfig,
  parameters: ParameterSource,
): Tensor {
  const { head, patchSize } = config;
  const { patches, pixels } = planeShape(config, grids[0]!);
  if (head.kind === "none") throw new ShapeError(`the network has no ${name}`);
  if (head.kind === "linear") {
    const raw = linearLayer(levels.at(-1)!, `${name}.proj`, 4 * patchSize ** 2, parameters);
    return reshape(raw, [grids.length, patches, 4, pixels]);
  }
  // Convolutions need to know the grid: one call for every run of images that share theirs.
  const tokens = tokenCount(grids[0]!);
  const pieces = runs(grids).map(({ start, end, grid }) => {
    const rows = levels.map((level) => slice(level, 0, start * tokens, end * tokens));
    const { raw } = dptHead(rows, name, { batch: end - start, grid }, { ...config, head }, parameters);
    return reshape(raw, [end - start, patches, 4, pixels]);
  });
  return concat(pieces, 0);
}

function runs(grids: readonly PatchGrid[]): { start: number; end: number; grid: PatchGrid }[] {
  const found: { start: number; end: number; grid: PatchGrid }[] = [];
  grids.forEach((grid, i) => {
    const last = found.at(-1);
    if (last?.grid.rows === grid.rows && last.grid.columns === grid.columns) last.end = i + 1;
    else found.push({ start: i, end: i + 1, grid });
  });
  return found;
}

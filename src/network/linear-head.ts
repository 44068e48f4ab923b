import { reshape } from "../tensor/operators/broadcasting.ts";
import { transpose } from "../tensor/operators/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { NetworkConfig } from "./config.ts";
import type { DecoderLevels } from "./decoder.ts";
import { linearLayer } from "./layers.ts";
import type { ParameterSource } from "./parameter-source.ts";
import type { PatchGrid } from "./tokens.ts";

/** Where a head's tokens come from. */
export interface HeadShape {
  readonly batch: number;
  readonly grid: PatchGrid;
}

/** Maps every token to the pixels of its patch: raw xyz and confidence, `[batch, height, width, 4]`. */
export function linearHead(
  levels: DecoderLevels,
  name: string,
  shape: HeadShape,
  config: NetworkConfig,
  parameters: ParameterSource,
): Tensor {
  const p = config.patchSize;
  return unpatchify(linearLayer(levels.at(-1)!, `${name}.proj`, 4 * p * p, parameters), shape, p);
}

/** Tokens `[batch · rows · columns, channels · p · p]` laid out as pixels `[batch, height, width, channels]`. */
export function unpatchify(x: Tensor, { batch, grid: { rows, columns } }: HeadShape, p: number): Tensor {
  const channels = x.shape[1]! / (p * p);
  const patches = reshape(x, [batch, rows, columns, channels, p, p]);
  return reshape(transpose(patches, [0, 1, 4, 2, 5, 3]), [batch, rows * p, columns * p, channels]);
}

import { reshape } from "../tensor/operators/broadcasting.ts";
import { add } from "../tensor/operators/elementwise.ts";
import { linear } from "../tensor/operators/linalg.ts";
import { transpose } from "../tensor/operators/movement.ts";
import type { RotaryTable } from "../tensor/operators/rotary.ts";
import { applyPiece, type PieceRunner } from "../tensor/recompute.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { selfAttention } from "./attention.ts";
import type { NetworkConfig } from "./config.ts";
import { cosinePositions } from "./cosine-positions.ts";
import { mlp, normLayer } from "./layers.ts";
import type { ParameterSource } from "./parameter-source.ts";
import { rope2d } from "./rope2d.ts";
import { patchGrid, type Tokens, tokenCount } from "./tokens.ts";

/** Cuts images `[batch, 3, height, width]` into patches and maps each to a token. */
export function patchEmbed(image: Tensor, config: NetworkConfig, parameters: ParameterSource): Tokens {
  const p = config.patchSize;
  const [batch, channels, height, width] = image.shape as [number, number, number, number];
  const grid = patchGrid(height, width, p);
  const cut = transpose(reshape(image, [batch, channels, grid.rows, p, grid.columns, p]), [0, 2, 4, 1, 3, 5]);
  const patches = reshape(cut, [batch * tokenCount(grid), channels * p * p]);
  return { x: embedPatches(patches, config, parameters), batch, grid };
}

/**
 * Maps patches to tokens, a convolution with kernel = stride as the matrix product that it is.
 * @param patches `[batch · tokens, 3 · p · p]`: channel, row, column
 */
export function embedPatches(patches: Tensor, { encoder }: NetworkConfig, parameters: ParameterSource): Tensor {
  const weight = parameters("patch_embed.proj.weight", [encoder.dim, patches.shape[1]!]);
  return linear(patches, weight, parameters("patch_embed.proj.bias", [encoder.dim]));
}

/** The ViT encoder, shared by both images: `[batch, 3, height, width]` in [-1, 1] to normalized tokens. */
export function encode(image: Tensor, config: NetworkConfig, parameters: ParameterSource): Tokens {
  return encodeTokens(patchEmbed(image, config, parameters), config, parameters);
}

/** The encoder's blocks and its last normalization, on embedded patches: all of an image's, or some. */
export function encodeTokens(
  tokens: Tokens,
  config: NetworkConfig,
  parameters: ParameterSource,
  run: PieceRunner = applyPiece,
): Tokens {
  const { dim, depth, heads } = config.encoder;
  const rope = rope2d(tokens, heads, dim / heads, config.ropeBase);
  let x = config.cosinePositions ? add(tokens.x, cosinePositions(tokens, dim)) : tokens.x;
  for (let i = 0; i < depth; i++) {
    x = run((before) => encoderBlock(before!, `enc_blocks.${i}`, tokens.batch, rope, config, parameters), [x]);
  }
  return { ...tokens, x: normLayer(x, "enc_norm", parameters) };
}

function encoderBlock(
  x: Tensor,
  name: string,
  batch: number,
  rope: RotaryTable,
  config: NetworkConfig,
  parameters: ParameterSource,
): Tensor {
  const shape = { batch, heads: config.encoder.heads };
  const seen = add(
    x,
    selfAttention(normLayer(x, `${name}.norm1`, parameters), `${name}.attn`, shape, rope, parameters),
  );
  return add(seen, mlp(normLayer(seen, `${name}.norm2`, parameters), `${name}.mlp`, config.mlpRatio, parameters));
}

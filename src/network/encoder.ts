import { add } from "../tensor/operators/elementwise.ts";
import { linear } from "../tensor/operators/linalg.ts";
import { reshape, transpose } from "../tensor/operators/movement.ts";
import type { RotaryTable } from "../tensor/operators/rotary.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { selfAttention } from "./attention.ts";
import type { NetworkConfig } from "./config.ts";
import { mlp, normLayer } from "./layers.ts";
import type { ParameterSource } from "./parameter-source.ts";
import { rope2d } from "./rope2d.ts";
import { patchGrid, type Tokens } from "./tokens.ts";

/** Cuts images `[batch, 3, height, width]` into patches and maps each to a token. */
export function patchEmbed(image: Tensor, config: NetworkConfig, parameters: ParameterSource): Tokens {
  const { patchSize: p, encoder } = config;
  const [batch, channels, height, width] = image.shape as [number, number, number, number];
  const grid = patchGrid(height, width, p);
  // A convolution with kernel = stride is a matrix product over the patches.
  const cut = transpose(reshape(image, [batch, channels, grid.rows, p, grid.columns, p]), [0, 2, 4, 1, 3, 5]);
  const patches = reshape(cut, [batch * grid.rows * grid.columns, channels * p * p]);
  const weight = parameters("patch_embed.proj.weight", [encoder.dim, channels * p * p]);
  const x = linear(patches, weight, parameters("patch_embed.proj.bias", [encoder.dim]));
  return { x, batch, grid };
}

/** The ViT encoder, shared by both images: `[batch, 3, height, width]` in [-1, 1] to normalised tokens. */
export function encode(image: Tensor, config: NetworkConfig, parameters: ParameterSource): Tokens {
  const tokens = patchEmbed(image, config, parameters);
  const { dim, depth, heads } = config.encoder;
  const rope = rope2d(tokens.grid, tokens.batch, heads, dim / heads, config.ropeBase);
  let { x } = tokens;
  for (let i = 0; i < depth; i++) x = encoderBlock(x, `enc_blocks.${i}`, tokens.batch, rope, config, parameters);
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

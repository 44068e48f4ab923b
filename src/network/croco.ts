import { expand, reshape } from "../tensor/operators/broadcasting.ts";
import { concat, slice } from "../tensor/operators/movement.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { NetworkConfig } from "./config.ts";
import { decoderBlock } from "./decoder.ts";
import { encodeTokens } from "./encoder.ts";
import { linearLayer, normLayer } from "./layers.ts";
import type { ParameterSource } from "./parameter-source.ts";
import { type ParameterShapes, parameterShapes } from "./parameters.ts";
import { rope2d } from "./rope2d.ts";
import { type TokenPositions, type Tokens, tokenCount } from "./tokens.ts";

/**
 * Parameters of cross-view completion: one decoder instead of twins, a mask token and a head that predicts the pixels
 * of patches.
 */
export function crocoParameterShapes(config: NetworkConfig): ParameterShapes {
  const { decoder, patchSize } = config;
  const shared = [...parameterShapes({ ...config, head: { kind: "none" } })].filter(
    ([name]) => !name.startsWith("dec_blocks2."),
  );
  return new Map<string, readonly number[]>([
    ["mask_token", [1, 1, decoder.dim]],
    ...shared,
    ["prediction_head.weight", [3 * patchSize ** 2, decoder.dim]],
    ["prediction_head.bias", [3 * patchSize ** 2]],
  ]);
}

/**
 * Cross-view completion, CroCo v2 (Weinzaepfel et al. 2023): the masked patches of view 1 from its visible ones and all
 * of view 2. Attention is equivariant to the order of tokens, so those of view 1 stand visible ones first.
 * @param visible embedded patches of view 1 that are seen, equally many per image
 * @param positions1 of all its patches, image by image, the visible ones before the masked ones
 * @param view2 all embedded patches of the other image
 * @returns decoded tokens of view 1 in the order of `positions1`, `[batch, tokens, dim]`
 */
export function completeView(
  visible: Tokens,
  positions1: TokenPositions,
  view2: Tokens,
  { config, parameters }: { readonly config: NetworkConfig; readonly parameters: ParameterSource },
): Tensor {
  const { batch, grid } = visible;
  const { dim, depth, heads } = config.decoder;
  const tokens = tokenCount(grid);
  const seen = visible.x.shape[0]! / batch;
  const perImage = reshape(positions1.coordinates, [batch, tokens, 2]);
  const coordinates = reshape(slice(perImage, 1, 0, seen), [batch * seen, 2]);
  const embed = (input: Tokens) =>
    linearLayer(encodeTokens(input, config, parameters).x, "decoder_embed", dim, parameters);

  const known = reshape(embed({ ...visible, positions: { ...positions1, coordinates } }), [batch, seen, dim]);
  const hidden = expand(parameters("mask_token", [1, 1, dim]), [batch, tokens - seen, dim]);
  const memory = embed(view2);
  const rope = rope2d({ ...visible, positions: positions1 }, heads, dim / heads, config.ropeBase);
  const memoryRope = rope2d(view2, heads, dim / heads, config.ropeBase);
  let x = reshape(concat([known, hidden], 1), [batch * tokens, dim]);
  for (let i = 0; i < depth; i++) {
    x = decoderBlock(x, memory, `dec_blocks.${i}`, { batch, rope, memoryRope }, config, parameters);
  }
  return reshape(normLayer(x, "dec_norm", parameters), [batch, tokens, dim]);
}

/** Pixels of decoded tokens `[rows, dim]`: `[rows, p · p · 3]`, the channel running fastest. */
export function paintPatches(decoded: Tensor, { patchSize }: NetworkConfig, parameters: ParameterSource): Tensor {
  return linearLayer(decoded, "prediction_head", 3 * patchSize ** 2, parameters);
}

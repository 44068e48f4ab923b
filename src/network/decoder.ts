import { add } from "../tensor/operators/elementwise.ts";
import type { RotaryTable } from "../tensor/operators/rotary.ts";
import { applyPiece, type PieceRunner } from "../tensor/recompute.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { type Comparison, crossAttention, selfAttention } from "./attention.ts";
import type { NetworkConfig } from "./config.ts";
import { linearLayer, mlp, normLayer } from "./layers.ts";
import type { ParameterSource } from "./parameter-source.ts";
import { rope2d } from "./rope2d.ts";
import type { Tokens } from "./tokens.ts";

/**
 * What a head may read: entry 0 is the encoder's output, entry i the output of decoder block i, the last one
 * normalized. All are `[batch · tokens, dim]`; entry 0 has the encoder's width, the others the decoder's.
 */
export type DecoderLevels = readonly Tensor[];

export interface DecoderOptions {
  /** How blocks are run; as they are by default. */
  readonly run?: PieceRunner;
  /** Called with the queries and keys of each block's cross-attention, block by block, side 1 before side 2. */
  readonly onComparison?: (comparison: Comparison) => void;
}

/**
 * The twin decoders. At every step both sides read what both sides were **before** it, so that neither is ahead.
 * @param encoded1 encoder output of view 1 @param encoded2 of view 2; the sizes may differ, the batch may not
 */
export function decode(
  encoded1: Tokens,
  encoded2: Tokens,
  config: NetworkConfig,
  parameters: ParameterSource,
  { run = applyPiece, onComparison }: DecoderOptions = {},
): { readonly levels1: DecoderLevels; readonly levels2: DecoderLevels } {
  const { dim, depth, heads } = config.decoder;
  const ropeOf = (tokens: Tokens) => rope2d(tokens, heads, dim / heads, config.ropeBase);
  const ropes = [ropeOf(encoded1), ropeOf(encoded2)] as const;
  const embed = (tokens: Tokens) => linearLayer(tokens.x, "decoder_embed", dim, parameters);
  let side1 = embed(encoded1);
  let side2 = embed(encoded2);
  const levels1 = [encoded1.x];
  const levels2 = [encoded2.x];
  const block = (x: Tensor, memory: Tensor, name: string, rope: RotaryTable, memoryRope: RotaryTable) => {
    const context = { batch: encoded1.batch, rope, memoryRope, onComparison };
    return run((own, other) => decoderBlock(own!, other!, name, context, config, parameters), [x, memory]);
  };
  for (let i = 0; i < depth; i++) {
    const [before1, before2] = [side1, side2];
    side1 = block(before1, before2, `dec_blocks.${i}`, ropes[0], ropes[1]);
    side2 = block(before2, before1, `dec_blocks2.${i}`, ropes[1], ropes[0]);
    const last = i === depth - 1;
    levels1.push(last ? normLayer(side1, "dec_norm", parameters) : side1);
    levels2.push(last ? normLayer(side2, "dec_norm", parameters) : side2);
  }
  return { levels1, levels2 };
}

/** What a decoder block works on: how many images, and the rotary embeddings of both sides. */
interface BlockContext {
  readonly batch: number;
  readonly rope: RotaryTable;
  readonly memoryRope: RotaryTable;
  readonly onComparison?: DecoderOptions["onComparison"];
}

/** Self-attention, cross-attention to the other side's tokens (`memory`), MLP; all with a residual. */
export function decoderBlock(
  x: Tensor,
  memory: Tensor,
  name: string,
  { batch, rope, memoryRope, onComparison }: BlockContext,
  config: NetworkConfig,
  parameters: ParameterSource,
): Tensor {
  const norm = (value: Tensor, part: string) => normLayer(value, `${name}.${part}`, parameters);
  const shape = { batch, heads: config.decoder.heads };
  const ropes = { query: rope, memory: memoryRope };
  const own = add(x, selfAttention(norm(x, "norm1"), `${name}.attn`, shape, rope, parameters));
  const other = norm(memory, "norm_y");
  const query = norm(own, "norm2");
  const seen = add(own, crossAttention(query, other, `${name}.cross_attn`, shape, ropes, parameters, onComparison));
  return add(seen, mlp(norm(seen, "norm3"), `${name}.mlp`, config.mlpRatio, parameters));
}

import { attention } from "../tensor/operators/attention.ts";
import { reshape } from "../tensor/operators/broadcasting.ts";
import { split, transpose } from "../tensor/operators/movement.ts";
import { type RotaryTable, rotary } from "../tensor/operators/rotary.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { linearLayer } from "./layers.ts";
import type { ParameterSource } from "./parameter-source.ts";

/** How many images the rows of a token matrix belong to, and how many heads attend to them. */
export interface AttentionShape {
  readonly batch: number;
  readonly heads: number;
}

/** Self-attention: every token attends to all tokens of its own image. `x` `[batch · tokens, dim]` to the same. */
export function selfAttention(
  x: Tensor,
  name: string,
  shape: AttentionShape,
  rope: RotaryTable,
  parameters: ParameterSource,
): Tensor {
  const dim = x.shape[1]!;
  const qkv = linearLayer(x, `${name}.qkv`, 3 * dim, parameters);
  const [q, k, v] = split(qkv, [dim, dim, dim], 1) as [Tensor, Tensor, Tensor];
  return linearLayer(attend(rotated(q, rope), rotated(k, rope), v, shape), `${name}.proj`, dim, parameters);
}

/** What a cross-attention compares: rotated queries and keys, `[batch · tokens, dim]`, head beside head. */
export interface Comparison {
  readonly queries: Tensor;
  readonly keys: Tensor;
}

/**
 * Cross-attention: every token of `x` attends to all tokens of the other image, `memory`; each side is rotated by its
 * own positions.
 * @param onComparison called with the queries and keys, for losses on attention
 */
export function crossAttention(
  x: Tensor,
  memory: Tensor,
  name: string,
  shape: AttentionShape,
  ropes: { readonly query: RotaryTable; readonly memory: RotaryTable },
  parameters: ParameterSource,
  onComparison?: (comparison: Comparison) => void,
): Tensor {
  const dim = x.shape[1]!;
  const q = rotated(linearLayer(x, `${name}.projq`, dim, parameters), ropes.query);
  const k = rotated(linearLayer(memory, `${name}.projk`, dim, parameters), ropes.memory);
  const v = linearLayer(memory, `${name}.projv`, dim, parameters);
  onComparison?.({ queries: q, keys: k });
  return linearLayer(attend(q, k, v, shape), `${name}.proj`, dim, parameters);
}

/** Half a head is one group of the table. */
function rotated(x: Tensor, rope: RotaryTable): Tensor {
  const [rows, dim] = x.shape as [number, number];
  const groups = rope.positions.shape[1]!;
  return reshape(rotary(reshape(x, [rows, groups, dim / groups]), rope), x.shape);
}

/** Splits rows `[batch · tokens, heads · d]` into heads, lets them attend, and joins them again. */
function attend(q: Tensor, k: Tensor, v: Tensor, { batch, heads }: AttentionShape): Tensor {
  const [rows, dim] = q.shape as [number, number];
  const perHead = (x: Tensor) => transpose(reshape(x, [batch, x.shape[0]! / batch, heads, dim / heads]), [0, 2, 1, 3]); // (B, H, N, d)
  return reshape(transpose(attention(perHead(q), perHead(k), perHead(v)), [0, 2, 1, 3]), [rows, dim]);
}

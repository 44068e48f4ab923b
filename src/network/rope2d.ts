import { expand, reshape } from "../tensor/operators/broadcasting.ts";
import { type RotaryTable, rotaryTable } from "../tensor/operators/rotary.ts";
import { positionsOf, type Tokens } from "./tokens.ts";

/**
 * The two-dimensional rotary embedding of CroCo v2: the first half of every head is rotated by the patch's row, the
 * second half by its column, both with frequencies base^(-2k / D) for the D channels of a half.
 * @returns a table for tensors `[batch · tokens, 2 · heads, headDim / 2]`
 */
export function rope2d(tokens: Tokens, heads: number, headDim: number, base: number): RotaryTable {
  if (headDim % 4 !== 0) throw new RangeError(`RoPE2D needs a head size divisible by 4, got ${headDim}`);
  const half = headDim / 2;
  const frequencies = Array.from({ length: half / 2 }, (_, k) => base ** ((-2 * k) / half));
  const { coordinates, limit } = positionsOf(tokens);
  const rows = coordinates.shape[0]!;
  const perHead = expand(reshape(coordinates, [rows, 1, 2]), [rows, heads, 2]);
  return rotaryTable(reshape(perHead, [rows, 2 * heads]), limit, frequencies);
}

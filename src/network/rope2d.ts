import { type RotaryTable, rotaryTable } from "../tensor/operators/rotary.ts";
import type { PatchGrid } from "./tokens.ts";

/**
 * The two-dimensional rotary embedding of CroCo v2: the first half of every head turns with the patch's row, the
 * second half with its column, both with frequencies base^(-2k / D) for the D channels of a half.
 * @returns a table for tensors `[batch · tokens, 2 · heads, headDim / 2]`
 */
export function rope2d(grid: PatchGrid, batch: number, heads: number, headDim: number, base: number): RotaryTable {
  if (headDim % 4 !== 0) throw new RangeError(`RoPE2D needs a head size divisible by 4, got ${headDim}`);
  const half = headDim / 2;
  const frequencies = Array.from({ length: half / 2 }, (_, k) => base ** ((-2 * k) / half));
  const positions: number[] = [];
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < grid.rows; row++) {
      for (let column = 0; column < grid.columns; column++) {
        for (let head = 0; head < heads; head++) positions.push(row, column);
      }
    }
  }
  return rotaryTable(positions, 2 * heads, frequencies);
}

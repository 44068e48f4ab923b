import { ShapeError, sameShape } from "../shape.ts";
import { apply, constant, describe, type Tensor } from "../tensor.ts";
import { cast } from "./elementwise.ts";

/** What a rotary embedding needs to know of its positions; built once and shared by all layers. */
export interface RotaryTable {
  /** int64 `[tokens, groups]`. */
  readonly positions: Tensor;
  /** `[position, width / 2]`. */
  readonly cosines: Tensor;
  readonly sines: Tensor;
  readonly negativeSines: Tensor;
}

/**
 * Angles `position · frequency` for every position below a limit.
 * @param positions int64 `[tokens, groups]`, within `0` to `limit - 1`
 * @param frequencies `[width / 2]`, radians per step
 */
export function rotaryTable(positions: Tensor, limit: number, frequencies: readonly number[]): RotaryTable {
  // ONNX Runtime wants a row for every group too, although it looks up positions only.
  const count = Math.max(limit, positions.shape[1]!);
  const shape = [count, frequencies.length];
  const angles = Array.from({ length: count }, (_, position) => frequencies.map((f) => position * f)).flat();
  return {
    positions,
    cosines: constant(Float32Array.from(angles, Math.cos), shape),
    sines: constant(Float32Array.from(angles, Math.sin), shape),
    negativeSines: constant(
      Float32Array.from(angles, (angle) => -Math.sin(angle)),
      shape,
    ),
  };
}

/**
 * Rotary position embedding of `[tokens, groups, width]`: within each group, channels k and k + width / 2 are rotated
 * together by their angle, as in RoFormer (Su et al. 2021) with halves instead of neighbors. A group is a whole head,
 * or half of one where each half follows an image axis of its own.
 */
export function rotary(x: Tensor, table: RotaryTable): Tensor {
  const [tokens, groups] = table.positions.shape;
  const width = 2 * table.cosines.shape[1]!;
  if (!sameShape(x.shape, [tokens!, groups!, width])) {
    throw new ShapeError(`rotary: ${describe(x)} does not fit a table for [${tokens}, ${groups}, ${width}]`);
  }
  return apply(
    "RotaryEmbedding",
    [x, table.positions, cast(table.cosines, x.dtype), cast(table.sines, x.dtype)],
    x.shape,
    {
      domain: "com.microsoft",
      attributes: { num_heads: 1, rotary_embedding_dim: width, interleaved: 0 },
      // The gradient of a rotation is the rotation back.
      gradient: ([dy]) => [rotary(dy!, { ...table, sines: table.negativeSines, negativeSines: table.sines })],
    },
  );
}

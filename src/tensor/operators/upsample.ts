import { apply, constant, type Tensor } from "../tensor.ts";
import { reshape } from "./broadcasting.ts";
import { matmul } from "./linalg.ts";

/** Doubles height and width of `[batch, channels, height, width]` bilinearly, corner pixels on corner pixels. */
export function upsampleDouble(x: Tensor): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const shape = [batch, channels, 2 * height, 2 * width];
  const scales = constant(Float32Array.of(1, 1, 2, 2));
  return apply("Resize", [x, undefined, scales], shape, {
    attributes: { mode: "linear", coordinate_transformation_mode: "align_corners" },
    // The operation is linear and separable: y = V x Hᵀ, hence dx = Vᵀ dy H.
    gradient: ([dy]) => {
      const rows = reshape(dy!, [batch * channels * 2 * height, 2 * width]);
      const narrow = reshape(matmul(rows, interpolation(width, false)), [batch, channels, 2 * height, width]);
      return [apply("MatMul", [interpolation(height, true), narrow], x.shape)];
    },
  });
}

/** The matrix `[2 size, size]` that doubles a row, or its transpose. */
function interpolation(size: number, transposed: boolean): Tensor {
  const weights = new Float32Array(2 * size * size);
  for (let to = 0; to < 2 * size; to++) {
    const position = size === 1 ? 0 : (to * (size - 1)) / (2 * size - 1);
    const from = Math.min(Math.floor(position), Math.max(size - 2, 0));
    const fraction = position - from;
    for (const [source, weight] of [
      [from, 1 - fraction],
      [from + 1, fraction],
    ] as const) {
      if (source < size) weights[transposed ? source * 2 * size + to : to * size + source]! += weight;
    }
  }
  return constant(weights, transposed ? [size, 2 * size] : [2 * size, size]);
}

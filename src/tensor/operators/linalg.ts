import { type Shape, ShapeError, sameShape } from "../shape.ts";
import { apply, describe, type Tensor } from "../tensor.ts";
import { expand, reshape } from "./broadcasting.ts";
import { scalar } from "./elementwise.ts";
import { transpose } from "./movement.ts";

/** Matrix product over the last two axes; leading axes are a batch and must agree. */
export function matmul(a: Tensor, b: Tensor): Tensor {
  const [rows, inner] = lastTwo(a);
  const [innerB, columns] = lastTwo(b);
  const batch = a.shape.slice(0, -2);
  if (inner !== innerB || !sameShape(batch, b.shape.slice(0, -2))) {
    throw new ShapeError(`matmul: ${describe(a)} times ${describe(b)}: the inner sizes or the batch axes differ`);
  }
  return apply("MatMul", [a, b], [...batch, rows, columns], {
    gradient: ([dy]) => [matmul(dy!, swapLastTwo(b)), matmul(swapLastTwo(a), dy!)],
  });
}

/** A fully connected layer, x Wᵀ + b: x `[rows, in]`, weight `[out, in]` as checkpoints hold it, bias `[out]`. */
export function linear(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const [out, features] = weight.shape as [number, number];
  if (x.shape.length !== 2 || weight.shape.length !== 2 || x.shape[1] !== features || !sameShape(bias.shape, [out])) {
    throw new ShapeError(
      `linear: ${describe(x)} needs a weight [out, ${x.shape.at(-1)}] and a bias [out], ` +
        `got ${describe(weight)} and ${describe(bias)}`,
    );
  }
  return apply("Gemm", [x, weight, bias], [x.shape[0]!, out], {
    attributes: { transB: 1 },
    gradient: ([dy]) => [matmul(dy!, weight), transposedProduct(dy!, x), columnSums(dy!)],
  });
}

/** Sum of every column of a matrix, as a product with a row of ones: on CPU several times faster than a reduction. */
export function columnSums(x: Tensor): Tensor {
  const [rows, columns] = x.shape as [number, number];
  const ones = expand(scalar(1, x.dtype), [1, rows]);
  return reshape(matmul(ones, x), [columns]);
}

/** aᵀ b for matrices, without writing the transpose out. */
function transposedProduct(a: Tensor, b: Tensor): Tensor {
  return apply("Gemm", [a, b], [a.shape[1]!, b.shape[1]!], { attributes: { transA: 1 } });
}

/** The transpose of every matrix `[..., rows, columns]`. */
export function swapLastTwo(x: Tensor): Tensor {
  const rank = x.shape.length;
  const order = x.shape.map((_, axis) => axis);
  return transpose(x, [...order.slice(0, -2), rank - 1, rank - 2]);
}

function lastTwo(x: Tensor): [number, number] {
  if (x.shape.length < 2) throw new ShapeError(`matmul: ${describe(x)} is no matrix`);
  return x.shape.slice(-2) as Shape as [number, number];
}

import { type OnnxModel, onnxModel } from "../../tensor/onnx-model.ts";
import { reshape } from "../../tensor/operators/broadcasting.ts";
import { add, divide, multiply, scalar } from "../../tensor/operators/elementwise.ts";
import { matmul, swapLastTwo } from "../../tensor/operators/linalg.ts";
import { euclideanLength } from "../../tensor/operators/reduction.ts";
import { input, type Tensor } from "../../tensor/tensor.ts";

/** x ← a x + b x³ + c x⁵ brings singular values from (0, 1] to between 0.7 and 1.2 in five rounds (Jordan 2024). */
export const NEWTON_SCHULZ = { coefficients: [3.4445, -4.775, 2.0315], rounds: 5 } as const;

/** Keeps a matrix of zeros from becoming no number. */
const EPSILON = 1e-7;

/**
 * The nearest (semi-)orthogonal matrix of each of many, `[count, rows, columns]`, to within a third of its singular
 * values: a Newton–Schulz iteration, five rounds of products and no decomposition.
 */
export function orthogonalize(matrices: Tensor): Tensor {
  const [count, rows, columns] = matrices.shape as [number, number, number];
  const lengths = euclideanLength(reshape(matrices, [count, rows * columns]), 1);
  const scaled = divide(matrices, reshape(add(lengths, scalar(EPSILON)), [count, 1, 1]));
  const [linear, cubic, quintic] = NEWTON_SCHULZ.coefficients;
  // The products are smallest across the short side.
  let x = rows > columns ? swapLastTwo(scaled) : scaled;
  for (let round = 0; round < NEWTON_SCHULZ.rounds; round++) {
    const square = matmul(x, swapLastTwo(x));
    const polynomial = add(multiply(square, scalar(cubic)), multiply(matmul(square, square), scalar(quintic)));
    x = add(multiply(x, scalar(linear)), matmul(polynomial, x));
  }
  return rows > columns ? swapLastTwo(x) : x;
}

/** Orthogonalizes several stacks of matrices at once: inputs and outputs go by the names of `shapes`. */
export function orthogonalizeModel(shapes: ReadonlyMap<string, readonly number[]>): OnnxModel {
  const outputs = [...shapes].map(
    ([name, shape]) => [`orthogonal ${name}`, orthogonalize(input(name, shape))] as const,
  );
  return onnxModel(Object.fromEntries(outputs), (name) => {
    throw new Error(`${name} is no input`);
  });
}

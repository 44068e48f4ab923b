import { backpropagate } from "./gradients.ts";
import { operationsInOrder } from "./onnx-model.ts";
import { reshape } from "./operators/broadcasting.ts";
import { add, multiply, scalar } from "./operators/elementwise.ts";
import { slice } from "./operators/movement.ts";
import { elementCount } from "./shape.ts";
import { detach, type Tensor, withGradient } from "./tensor.ts";

/** A piece of a network: tensors in, one out. */
export type Piece = (...inputs: readonly Tensor[]) => Tensor;

/** How a network runs its blocks: as they are, or with `recompute`. */
export type PieceRunner = (piece: Piece, inputs: readonly Tensor[]) => Tensor;

/** Applies a piece as it is. */
export const applyPiece: PieceRunner = (piece, inputs) => piece(...inputs);

/**
 * `piece(...inputs)` with gradient checkpointing (Chen et al. 2016): intermediate values are not kept, the gradient
 * computes them again. Less memory for a third more arithmetic.
 */
export const recompute: PieceRunner = (piece, inputs) => {
  const y = piece(...inputs);
  const parameters = leavesOf(y, inputs);
  return withGradient(y, [...inputs, ...parameters], ([dy]) => {
    // ONNX Runtime orders operations by what they read. Hence the second pass has to read the incoming gradient, or it
    // would run early; and what leaves the block has to read the parameters' gradients, or those would run late and
    // hold on to all that they need.
    const again = inputs.map((input) => after(input, [dy!]));
    const found = backpropagate([piece(...again)], [dy], [...again, ...parameters]);
    const slopes = found.slice(inputs.length);
    const known = slopes.filter((slope) => slope !== undefined);
    return [...found.slice(0, inputs.length).map((dx) => dx && after(dx, known)), ...slopes];
  });
};

/** `x`, but only once the others are known. */
function after(x: Tensor, others: readonly Tensor[]): Tensor {
  const samples = others.map((other) => slice(reshape(other, [elementCount(other.shape)]), 0, 0, 1));
  return add(x, detach(multiply(samples.reduce(add), scalar(0))));
}

/** Inputs and parameters of the graph that `y` reads without passing through one of `inputs`. */
function leavesOf(y: Tensor, inputs: readonly Tensor[]): readonly Tensor[] {
  const before = new Set(operationsInOrder(inputs));
  const read = operationsInOrder([y])
    .filter((operation) => !before.has(operation))
    .flatMap((operation) => operation.inputs);
  const leaves = read.filter((tensor) => tensor?.dtype === "float32" && /input|parameter/.test(tensor.source.kind));
  return [...new Set(leaves as Tensor[])].filter((leaf) => !inputs.includes(leaf));
}

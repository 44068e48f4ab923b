import { operationsInOrder } from "./onnx-model.ts";
import { expand } from "./operators/broadcasting.ts";
import { add, scalar } from "./operators/elementwise.ts";
import { elementCount, ShapeError } from "./shape.ts";
import { describe, type Operation, type Tensor } from "./tensor.ts";

/**
 * Gradients of a scalar by reverse-mode differentiation: one tensor per entry of `of`, of its shape, zero where the
 * loss does not depend on it. They are tensors like any other and may be differentiated again.
 */
export function gradients(loss: Tensor, of: readonly Tensor[]): readonly Tensor[] {
  if (elementCount(loss.shape) !== 1) throw new ShapeError(`gradients: ${describe(loss)} is no single number`);
  const found = backpropagate([loss], [expand(scalar(1, loss.dtype), loss.shape)], of);
  return found.map((gradient, i) => gradient ?? expand(scalar(0, of[i]!.dtype), of[i]!.shape));
}

/**
 * Vector-Jacobian product: what reaches each tensor of `of` when `outputs` receive `outputGradients`; `undefined`
 * stands for zero.
 */
export function backpropagate(
  outputs: readonly Tensor[],
  outputGradients: readonly (Tensor | undefined)[],
  of: readonly Tensor[],
): readonly (Tensor | undefined)[] {
  const received = new Map<Tensor, Tensor>();
  const receive = (tensor: Tensor | undefined, gradient: Tensor | undefined) => {
    if (tensor === undefined || gradient === undefined) return;
    const before = received.get(tensor);
    received.set(tensor, before === undefined ? gradient : add(before, gradient));
  };
  outputs.forEach((output, i) => {
    receive(output, outputGradients[i]);
  });
  for (const operation of dependents(operationsInOrder(outputs), of).reverse()) {
    const given = operation.outputs.map((output) => received.get(output));
    if (given.every((gradient) => gradient === undefined)) continue;
    if (operation.gradient === undefined) throw new Error(`${operation.type} has no gradient; detach its result`);
    const answers = operation.gradient(given);
    operation.gradientInputs.forEach((tensor, i) => {
      receive(tensor, answers[i]);
    });
  }
  return of.map((tensor) => received.get(tensor));
}

/** Those of the operations whose results depend, differentiably, on one of the tensors; in the same order. */
function dependents(operations: readonly Operation[], tensors: readonly Tensor[]): Operation[] {
  const reached = new Set<Tensor | undefined>(tensors);
  return operations.filter((operation) => {
    const depends = operation.gradientInputs.some((tensor) => reached.has(tensor));
    if (depends) for (const output of operation.outputs) reached.add(output);
    return depends;
  });
}

import { operationsInOrder } from "../src/tensor/onnx-model.ts";
import { elementCount } from "../src/tensor/shape.ts";
import type { Operation, Tensor } from "../src/tensor/tensor.ts";

/**
 * Floating-point operations of all matrix products and convolutions that the tensors depend on, two per
 * multiply-add. Everything else is a few per cent and not counted.
 */
export function countFlops(tensors: readonly Tensor[]): number {
  return operationsInOrder(tensors).reduce((total, operation) => total + 2 * multiplyAdds(operation), 0);
}

function multiplyAdds({ type, inputs, outputs, attributes }: Operation): number {
  const [a, b] = inputs.map((tensor) => tensor?.shape ?? []) as [readonly number[], readonly number[]];
  const results = elementCount(outputs[0]!.shape);
  switch (type) {
    case "MatMul":
      return results * a.at(-1)!;
    case "Gemm":
      return results * (attributes.transA === 1 ? a[0]! : a[1]!);
    case "Conv":
      return results * elementCount(b.slice(1));
    case "ConvTranspose":
      return elementCount(a) * elementCount(b.slice(1));
    default:
      return 0;
  }
}

import { type ExternalData, encodeModel, type InitializerInfo, type NodeInfo, type ValueInfo } from "./onnx-proto.ts";
import { ShapeError } from "./shape.ts";
import type { ConstantData, Operation, Tensor } from "./tensor.ts";

/** Values of one parameter: bytes in memory, or a range of a file that stays where it is. */
export type ParameterData = Uint8Array | ExternalData;

/** A model that ONNX Runtime can execute, and what to feed and fetch. */
export interface OnnxModel {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/**
 * Writes everything that the outputs depend on as ONNX. Parameters that share a name share their values.
 * @param outputs the tensors to compute, by the name they are fetched with
 * @param parameterData where the values of a parameter lie
 */
export function onnxModel(
  outputs: Readonly<Record<string, Tensor>>,
  parameterData: (name: string) => ParameterData,
): OnnxModel {
  const names = new Map<Tensor, string>();
  const nodes: NodeInfo[] = [];
  const inputs = new Map<string, ValueInfo>();
  const initializers = new Map<string, InitializerInfo>();

  const nameLeaf = (tensor: Tensor): string => {
    const { source, dtype, shape } = tensor;
    if (source.kind === "input") {
      const known = inputs.get(source.name);
      if (known && String(known.shape) !== String(shape)) {
        throw new ShapeError(`input ${source.name} is used as [${known.shape}] and as [${shape}]`);
      }
      inputs.set(source.name, { name: source.name, dtype, shape });
      return source.name;
    }
    if (source.kind === "parameter") {
      // The same bytes may be read under two shapes: a patch embedding's kernel is also a matrix.
      const name = `${source.name}[${shape}]`;
      initializers.set(name, { name, dtype, shape, data: parameterData(source.name) });
      return name;
    }
    if (source.kind === "constant") {
      const name = `constant${initializers.size}`;
      initializers.set(name, { name, dtype, shape, data: bytesOf(source.data) });
      return name;
    }
    throw new Error("an operation's output was needed before the operation");
  };
  const nameOf = (tensor: Tensor): string => {
    const known = names.get(tensor);
    if (known !== undefined) return known;
    const name = nameLeaf(tensor);
    names.set(tensor, name);
    return name;
  };

  for (const operation of operationsInOrder(Object.values(outputs))) {
    const inputNames = operation.inputs.map((tensor) => (tensor === undefined ? "" : nameOf(tensor)));
    const outputNames = operation.outputs.map((tensor, index) => {
      const name = `${operation.type}${nodes.length}${index === 0 ? "" : `.${index}`}`;
      names.set(tensor, name);
      return name;
    });
    const { type, domain, attributes } = operation;
    nodes.push({ type, domain, attributes, inputs: inputNames, outputs: outputNames });
  }
  const outputInfo: ValueInfo[] = [];
  for (const [name, tensor] of Object.entries(outputs)) {
    nodes.push({ type: "Identity", domain: "", attributes: {}, inputs: [nameOf(tensor)], outputs: [name] });
    outputInfo.push({ name, dtype: tensor.dtype, shape: tensor.shape });
  }
  const inputInfo = [...inputs.values()];
  const bytes = encodeModel({
    nodes,
    initializers: [...initializers.values()],
    inputs: inputInfo,
    outputs: outputInfo,
  });
  return { bytes, inputs: inputInfo, outputs: outputInfo };
}

/** Every operation that the tensors depend on, each after those it reads. Iterative: networks are deep. */
export function operationsInOrder(tensors: readonly Tensor[]): readonly Operation[] {
  const ordered: Operation[] = [];
  const state = new Map<Operation, "open" | "done">();
  const stack = tensors.flatMap((tensor) => producer(tensor) ?? []).reverse();
  while (stack.length > 0) {
    const operation = stack[stack.length - 1]!;
    if (state.get(operation) === "open") {
      state.set(operation, "done");
      ordered.push(operation);
      stack.pop();
    } else if (state.get(operation) === "done") {
      stack.pop();
    } else {
      state.set(operation, "open");
      for (const tensor of [...operation.inputs].reverse()) {
        const next = tensor && producer(tensor);
        if (next && !state.has(next)) stack.push(next);
      }
    }
  }
  return ordered;
}

function producer(tensor: Tensor): Operation | undefined {
  return tensor.source.kind === "operation" ? tensor.source.operation : undefined;
}

function bytesOf(data: ConstantData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

import { elementCount, type Shape, ShapeError } from "./shape.ts";

/** Element types, named as ONNX Runtime names them. */
export type ElementType =
  | "float32"
  | "float16"
  | "bfloat16"
  | "float64"
  | "int64"
  | "int32"
  | "uint8"
  | "int8"
  | "bool";

/** What a constant may be made of. */
export type ConstantData = Float32Array | BigInt64Array | Int32Array | Uint8Array;

/** An ONNX attribute's value; integers and floats differ in their bytes, so a float is tagged. */
export type Attribute = number | readonly number[] | string | { readonly float: number };

/** Where a tensor's values come from. */
export type Source =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "constant"; readonly data: ConstantData }
  | { readonly kind: "operation"; readonly operation: Operation };

/** A value to be computed: shape and element type are known, the numbers are not. */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: ElementType;
  readonly source: Source;
}

/**
 * Gradients of the loss with respect to an operation's inputs, given those with respect to its outputs; `undefined`
 * stands for zero. Written as tensors again: a gradient is a graph like any other.
 */
export type GradientRule = (outputGradients: readonly (Tensor | undefined)[]) => readonly (Tensor | undefined)[];

/** One node of the graph: an ONNX operator applied to tensors. */
export interface Operation {
  /** ONNX operator type. */
  readonly type: string;
  /** ONNX operator set; empty for the standard one. */
  readonly domain: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: readonly Tensor[];
  readonly gradient: GradientRule | undefined;
  /** What the rule answers for: the inputs, unless the rule stands for a whole piece of the graph. */
  readonly gradientInputs: readonly (Tensor | undefined)[];
}

/** A value fed at every run. */
export function input(name: string, shape: Shape, dtype: ElementType = "float32"): Tensor {
  return { shape, dtype, source: { kind: "input", name } };
}

/** A trained value, found by name in a checkpoint. */
export function parameter(name: string, shape: Shape, dtype: ElementType = "float32"): Tensor {
  return { shape, dtype, source: { kind: "parameter", name } };
}

/** Values known when the graph is built; without a shape, a vector. */
export function constant(data: ConstantData, shape: Shape = [data.length]): Tensor {
  if (elementCount(shape) !== data.length) {
    throw new ShapeError(`constant: ${data.length} values do not fill [${shape}]`);
  }
  return { shape, dtype: dtypeOf(data), source: { kind: "constant", data } };
}

/** Whole numbers that tell an operator what to do: a shape, axes, positions. */
export function int64(values: readonly number[]): Tensor {
  return constant(BigInt64Array.from(values, BigInt));
}

/** An operator's domain, attributes and gradient rule. */
export interface OperationOptions {
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly gradient?: GradientRule;
  readonly gradientInputs?: readonly Tensor[];
}

/** Applies an ONNX operator with several outputs of the given shapes, all of the first input's element type unless theirs are named. */
export function operation(
  type: string,
  inputs: readonly (Tensor | undefined)[],
  shapes: readonly Shape[],
  options: OperationOptions & { readonly dtypes?: readonly ElementType[] } = {},
): readonly Tensor[] {
  const outputs: Tensor[] = [];
  const node: Operation = {
    type,
    domain: options.domain ?? "",
    inputs,
    attributes: options.attributes ?? {},
    outputs,
    gradient: options.gradient,
    gradientInputs: options.gradientInputs ?? inputs,
  };
  for (const [i, shape] of shapes.entries()) {
    const dtype = options.dtypes?.[i] ?? inputs[0]?.dtype ?? "float32";
    outputs.push({ shape, dtype, source: { kind: "operation", operation: node } });
  }
  return outputs;
}

/** Applies an ONNX operator with one output. */
export function apply(
  type: string,
  inputs: readonly (Tensor | undefined)[],
  shape: Shape,
  { dtype, ...options }: OperationOptions & { readonly dtype?: ElementType } = {},
): Tensor {
  return operation(type, inputs, [shape], dtype === undefined ? options : { ...options, dtypes: [dtype] })[0]!;
}

/**
 * The same value with a gradient rule that answers for `inputs` at once, in place of the rules of the operations in
 * between: where the derivative of the whole is cheaper, or better behaved, than that of its parts.
 */
export function withGradient(result: Tensor, inputs: readonly Tensor[], gradient: GradientRule): Tensor {
  return apply("Identity", [result], result.shape, { gradient, gradientInputs: inputs });
}

/** The same value, held constant by every gradient. */
export function detach(x: Tensor): Tensor {
  return withGradient(x, [], () => []);
}

/** How an error message names a tensor: its parameter or input name where it has one, and its shape. */
export function describe(tensor: Tensor): string {
  const { source } = tensor;
  const name = source.kind === "input" || source.kind === "parameter" ? `${source.name} ` : "";
  return `${name}[${tensor.shape}]`;
}

function dtypeOf(data: ConstantData): ElementType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof BigInt64Array) return "int64";
  return data instanceof Int32Array ? "int32" : "uint8";
}

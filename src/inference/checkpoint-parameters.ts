import type { ParameterSource } from "../network/parameter-source.ts";
import { inputParts } from "../network/quantized-layers.ts";
import type { ParameterData } from "../tensor/onnx-model.ts";
import { cast } from "../tensor/operators/elementwise.ts";
import type { QuantizedWeight } from "../tensor/operators/quantized.ts";
import type { Shape } from "../tensor/shape.ts";
import { type ElementType, parameter, type Tensor } from "../tensor/tensor.ts";
import type { Checkpoint, TensorLocation, WeightElementType } from "../weights/checkpoint.ts";
import { quantizedTensors } from "../weights/quantized/quantized-file.ts";

const STORED: Readonly<Record<WeightElementType, ElementType>> = {
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  F64: "float64",
};

/** A checkpoint's parameters as tensors of one element type, whatever the file holds. */
export function checkpointParameters(checkpoint: Checkpoint, dtype: ElementType): ParameterSource {
  const made = new Map<string, Tensor>();
  const source = (name: string, shape: Shape): Tensor => {
    const key = `${name} ${shape}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const tensor = cast(parameter(name, shape, STORED[locate(checkpoint, name).dtype]), dtype);
    made.set(key, tensor);
    return tensor;
  };
  const quantized = (layer: string, features: number, out: number): readonly QuantizedWeight[] | undefined => {
    if (!checkpoint.quantized?.has(quantizedTensors(layer, 0).values)) return undefined;
    return inputParts(layer, features).map((size, part) => {
      const { values, scales } = quantizedTensors(layer, part);
      return { values: parameter(values, [size, out], "int8"), scales: parameter(scales, [out]) };
    });
  };
  return Object.assign(source, { quantized });
}

/** Where ONNX Runtime maps a parameter's values from: the checkpoint's own file, untouched. */
export function externalParameters(checkpoint: Checkpoint): (name: string) => ParameterData {
  const location = checkpoint.path.split(/[\\/]/).at(-1)!;
  return (name) => {
    const { offset, byteLength } = checkpoint.quantized?.get(name) ?? locate(checkpoint, name);
    return { location, offset, length: byteLength };
  };
}

function locate(checkpoint: Checkpoint, name: string): TensorLocation {
  const location = checkpoint.tensors.get(name);
  if (location === undefined) throw new Error(`checkpoint ${checkpoint.name} was opened without ${name}`);
  return location;
}

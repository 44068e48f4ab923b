import type { ParameterSource } from "../../network/parameter-source.ts";
import type { ParameterShapes } from "../../network/parameters.ts";
import { gradients } from "../../tensor/gradients.ts";
import { type OnnxModel, onnxModel } from "../../tensor/onnx-model.ts";
import { reshape } from "../../tensor/operators/broadcasting.ts";
import { input, type Tensor } from "../../tensor/tensor.ts";
import type { LossTerms } from "./pointmap-loss.ts";

/** A loss as a graph whose parameters are inputs, fed under their names. */
export interface TrainingGraph {
  readonly terms: LossTerms;
  readonly parameters: ReadonlyMap<string, Tensor>;
}

/** Builds a training graph: `build` gets the source of its parameters. */
export function trainingGraph(
  shapes: ParameterShapes,
  build: (parameters: ParameterSource) => LossTerms,
): TrainingGraph {
  const parameters = new Map([...shapes].map(([name, shape]) => [name, input(name, shape)]));
  const source: ParameterSource = (name, shape) => {
    const known = parameters.get(name);
    if (known === undefined) throw new Error(`the network has no parameter ${name}`);
    return reshape(known, shape);
  };
  return { terms: build(source), parameters };
}

/** Name of the output that holds a parameter's gradient. */
export function gradientName(parameter: string): string {
  return `gradient.${parameter}`;
}

/** Computes `loss` and its details: for validation. */
export function lossModel({ terms }: TrainingGraph): OnnxModel {
  return onnxModel({ loss: terms.loss, ...terms.details }, noStoredParameters);
}

/** Computes `loss`, its details and, by back-propagation, the gradient of every parameter, in one graph. */
export function gradientModel({ terms, parameters }: TrainingGraph): OnnxModel {
  const derivatives = gradients(terms.loss, [...parameters.values()]);
  const named = [...parameters.keys()].map((name, i) => [gradientName(name), derivatives[i]!] as const);
  return onnxModel({ loss: terms.loss, ...terms.details, ...Object.fromEntries(named) }, noStoredParameters);
}

function noStoredParameters(name: string): never {
  throw new Error(`parameter ${name} of a training graph is no input`);
}

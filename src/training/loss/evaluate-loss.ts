import type { TensorValues } from "../../runtime/device.ts";
import type { Session } from "../../runtime/session.ts";
import type { ParameterLayout } from "../optimizer/parameter-layout.ts";
import { gradientName } from "./training-graph.ts";

/** The loss of a batch and its terms. */
export type LossValues = Readonly<Record<string, number>> & { readonly loss: number };

/**
 * Runs a gradient model on one batch and adds the gradient to `gradientSum`: summing over several batches is gradient
 * accumulation.
 * @param values all parameters, laid out as `layout` says @param gradientSum of the same layout
 */
export async function addGradient(
  session: Session,
  batch: TensorValues,
  { layout, values, gradientSum }: { layout: ParameterLayout; values: Float32Array; gradientSum: Float32Array },
): Promise<LossValues> {
  const feeds = { ...batch, ...parameterFeeds(layout, values) };
  const outputs = await session.run(feeds);
  return addOutputs(outputs, layout, gradientSum);
}

/** Adds the gradients that a model has computed to `gradientSum`; gives the loss that came with them. */
export function addOutputs(outputs: TensorValues, layout: ParameterLayout, gradientSum: Float32Array): LossValues {
  for (const [name, { start }] of layout.ranges) {
    const gradient = outputs[gradientName(name)]!.data as Float32Array;
    for (let i = 0; i < gradient.length; i++) gradientSum[start + i]! += gradient[i]!;
  }
  return lossValues(outputs);
}

/** Runs a loss model on one batch. */
export async function evaluateLoss(
  session: Session,
  batch: TensorValues,
  { layout, values }: { layout: ParameterLayout; values: Float32Array },
): Promise<LossValues> {
  return lossValues(await session.run({ ...batch, ...parameterFeeds(layout, values) }));
}

/** Every parameter as a view of the flat array. */
export function parameterFeeds({ ranges }: ParameterLayout, values: Float32Array): TensorValues {
  const feeds = [...ranges].map(
    ([name, { shape, start, end }]) => [name, { dtype: "float32", shape, data: values.subarray(start, end) }] as const,
  );
  return Object.fromEntries(feeds);
}

function lossValues(outputs: TensorValues): LossValues {
  const scalars = Object.entries(outputs).filter(([, { shape }]) => shape.length === 0);
  return Object.fromEntries(scalars.map(([name, { data }]) => [name, Number(data[0])])) as LossValues;
}

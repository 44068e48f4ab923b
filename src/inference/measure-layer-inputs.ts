import type { RunOptions } from "../core/progress.ts";
import type { View } from "../core/view.ts";
import { decode } from "../network/decoder.ts";
import { encode } from "../network/encoder.ts";
import type { ParameterSource } from "../network/parameter-source.ts";
import { patchGrid, tokenCount } from "../network/tokens.ts";
import type { Engine } from "../runtime/engine-process.ts";
import { type OnnxModel, onnxModel } from "../tensor/onnx-model.ts";
import { columnSums } from "../tensor/operators/linalg.ts";
import { columnMaxima } from "../tensor/operators/quantized.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import type { LayerInputs } from "../weights/quantized/layer-inputs.ts";
import { checkpointParameters, externalParameters } from "./checkpoint-parameters.ts";
import { networkInput } from "./network-input.ts";

/** Sums of what layers read, over so many rows. */
interface Sums {
  readonly sum: Float64Array;
  readonly greatest: Float32Array;
  rows: number;
}

/**
 * What the fully connected layers of a network read in float32, over pairs of views of one size, view 1 before view 2.
 * @param layers those to measure, by name
 */
export async function measureLayerInputs(
  engine: Engine,
  checkpoint: Checkpoint,
  layers: readonly string[],
  pairs: readonly (readonly [View, View])[],
  { signal }: RunOptions = {},
): Promise<ReadonlyMap<string, LayerInputs>> {
  const sums = new Map<string, Sums>();
  const [{ height, width }] = pairs[0]!;
  const size = [1, 3, height, width] as const;
  const tokens = [tokenCount(patchGrid(height, width, checkpoint.config.patchSize)), checkpoint.config.encoder.dim];
  const wanted = new Set(layers);
  const encoder = await engine.open(encoderInputs(checkpoint, size, wanted).bytes, { weights: checkpoint.path });
  const decoder = await engine.open(decoderInputs(checkpoint, size, wanted).bytes, { weights: checkpoint.path });
  for (const pair of pairs) {
    const features: Float32Array[] = [];
    for (const view of pair) {
      signal?.throwIfAborted();
      const data = networkInput([view]);
      const outputs = await encoder.run({ images: { dtype: "float32", shape: size, data } });
      features.push(outputs.features!.data as Float32Array);
      addSums(sums, outputs, tokens[0]!);
    }
    const [features1, features2] = features.map((data) => ({ dtype: "float32", shape: tokens, data }) as const);
    addSums(sums, await decoder.run({ features1: features1!, features2: features2! }), tokens[0]!);
  }
  await encoder.dispose();
  await decoder.dispose();
  return new Map(
    [...sums].map(([layer, { sum, greatest, rows }]) => [
      layer,
      { mean: Float32Array.from(sum, (value) => value / rows), greatest },
    ]),
  );
}

function encoderInputs(
  checkpoint: Checkpoint,
  size: readonly [number, number, number, number],
  layers: ReadonlySet<string>,
): OnnxModel {
  const { parameters, outputs } = observed(checkpoint, layers);
  const { x } = encode(input("images", size), checkpoint.config, parameters);
  return onnxModel({ ...outputs, features: x }, externalParameters(checkpoint));
}

function decoderInputs(
  checkpoint: Checkpoint,
  [batch, , height, width]: readonly [number, number, number, number],
  layers: ReadonlySet<string>,
): OnnxModel {
  const { config } = checkpoint;
  const { parameters, outputs } = observed(checkpoint, layers);
  const grid = patchGrid(height, width, config.patchSize);
  const encoded = (name: string) => ({ x: input(name, [tokenCount(grid), config.encoder.dim]), batch, grid });
  decode(encoded("features1"), encoded("features2"), config, parameters);
  return onnxModel(outputs, externalParameters(checkpoint));
}

/** A checkpoint's parameters, and what layers turn out to read as outputs of the graph: `sum LAYER`, `greatest LAYER`. */
function observed(checkpoint: Checkpoint, layers: ReadonlySet<string>) {
  const outputs: Record<string, Tensor> = {};
  const onInput = (layer: string, x: Tensor) => {
    if (!layers.has(layer)) return;
    outputs[`sum ${layer}`] = columnSums(x);
    outputs[`greatest ${layer}`] = columnMaxima(x);
  };
  const parameters: ParameterSource = Object.assign(checkpointParameters(checkpoint, "float32"), { onInput });
  return { parameters, outputs };
}

function addSums(sums: Map<string, Sums>, outputs: Readonly<Record<string, { readonly data: unknown }>>, rows: number) {
  for (const [name, { data }] of Object.entries(outputs)) {
    const layer = name.replace(/^sum /, "");
    if (layer === name) continue;
    const [part, most] = [data as Float32Array, outputs[`greatest ${layer}`]!.data as Float32Array];
    const all = sums.get(layer) ?? {
      sum: new Float64Array(part.length),
      greatest: new Float32Array(part.length).fill(Number.NEGATIVE_INFINITY),
      rows: 0,
    };
    for (let i = 0; i < part.length; i++) {
      all.sum[i]! += part[i]!;
      all.greatest[i] = Math.max(all.greatest[i]!, most[i]!);
    }
    all.rows += rows;
    sums.set(layer, all);
  }
}

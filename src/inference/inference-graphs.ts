import type { Size } from "../core/view.ts";
import { encode } from "../network/encoder.ts";
import { decodePair } from "../network/network.ts";
import { patchGrid, type Tokens, tokenCount } from "../network/tokens.ts";
import type { ConcretePrecision } from "../runtime/device.ts";
import { type OnnxModel, onnxModel } from "../tensor/onnx-model.ts";
import { cast } from "../tensor/operators/elementwise.ts";
import { type ElementType, input } from "../tensor/tensor.ts";
import type { Checkpoint } from "../weights/checkpoint.ts";
import { checkpointParameters, externalParameters } from "./checkpoint-parameters.ts";

const ARITHMETIC: Readonly<Record<ConcretePrecision, ElementType>> = {
  fp32: "float32",
  fp16: "float16",
  q8: "float32",
};

/** What an encoder graph is built for: views of one size, several at once. */
export interface EncoderInput extends Size {
  readonly batch: number;
}

/** Encodes views: `images` `[batch, 3, height, width]` to `features` `[batch · tokens, dim]`, both float32. */
export function encoderGraph(
  checkpoint: Checkpoint,
  { batch, height, width }: EncoderInput,
  dtype: ConcretePrecision,
): OnnxModel {
  const arithmetic = ARITHMETIC[dtype];
  const images = cast(input("images", [batch, 3, height, width]), arithmetic);
  const { x } = encode(images, checkpoint.config, checkpointParameters(checkpoint, arithmetic));
  return onnxModel({ features: cast(x, "float32") }, externalParameters(checkpoint));
}

/**
 * Decodes one ordered pair: `features1`, `features2` to `pointmap1` `[1, height, width, 3]`, `confidence1`
 * `[1, height, width]` and the same of view 2, all float32.
 */
export function decoderGraph(checkpoint: Checkpoint, size1: Size, size2: Size, dtype: ConcretePrecision): OnnxModel {
  const { config } = checkpoint;
  const arithmetic = ARITHMETIC[dtype];
  const encoded = (name: string, { height, width }: Size): Tokens => {
    const grid = patchGrid(height, width, config.patchSize);
    return { x: cast(input(name, [tokenCount(grid), config.encoder.dim]), arithmetic), batch: 1, grid };
  };
  const parameters = checkpointParameters(checkpoint, arithmetic);
  const headParameters = checkpointParameters(checkpoint, "float32");
  const { view1, view2 } = decodePair(
    encoded("features1", size1),
    encoded("features2", size2),
    config,
    parameters,
    headParameters,
  );
  return onnxModel(
    {
      pointmap1: view1.pointmap,
      confidence1: view1.confidence,
      pointmap2: view2.pointmap,
      confidence2: view2.confidence,
    },
    externalParameters(checkpoint),
  );
}

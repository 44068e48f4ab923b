import { cast } from "../tensor/operators/elementwise.ts";
import { transpose } from "../tensor/operators/movement.ts";
import { ShapeError } from "../tensor/shape.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { NetworkConfig } from "./config.ts";
import { type DecoderLevels, decode } from "./decoder.ts";
import { dptHead } from "./dpt-head.ts";
import { linearHead } from "./linear-head.ts";
import type { ParameterSource } from "./parameter-source.ts";
import { activatePointmap, type PointmapTensors } from "./pointmap-activation.ts";
import type { Tokens } from "./tokens.ts";

/** Both views' answers, both in the camera frame of view 1 (figure 2 of the paper). */
export interface PairTensors {
  readonly view1: PointmapTensors;
  readonly view2: PointmapTensors;
}

/** Decoders, heads and activations: from the two encoded views to their pointmaps and confidences, in float32. */
export function decodePair(
  encoded1: Tokens,
  encoded2: Tokens,
  config: NetworkConfig,
  parameters: ParameterSource,
  headParameters: ParameterSource = parameters,
): PairTensors {
  const { levels1, levels2 } = decode(encoded1, encoded2, config, parameters);
  // Exponentials leave the range of half precision: heads calculate in float32 whatever the trunk does.
  const answer = (levels: DecoderLevels, tokens: Tokens, name: string) => {
    const precise = levels.map((level) => cast(level, "float32"));
    return activatePointmap(regressionHead(precise, name, tokens, config, headParameters), config);
  };
  return {
    view1: answer(levels1, encoded1, "downstream_head1"),
    view2: answer(levels2, encoded2, "downstream_head2"),
  };
}

/** Raw xyz and confidence `[batch, height, width, 4]` from whichever head the network has. */
export function regressionHead(
  levels: DecoderLevels,
  name: string,
  tokens: Tokens,
  config: NetworkConfig,
  parameters: ParameterSource,
): Tensor {
  const { head } = config;
  if (head.kind === "linear") return linearHead(levels, name, tokens, config, parameters);
  if (head.kind === "dpt") {
    return transpose(dptHead(levels, name, tokens, { ...config, head }, parameters).raw, [0, 2, 3, 1]);
  }
  throw new ShapeError(`the network has no ${name}: its weights are of CroCo pre-training`);
}

import { reshape } from "../tensor/operators/broadcasting.ts";
import {
  add,
  divide,
  exp,
  expm1,
  maximum,
  minimum,
  multiply,
  scalar,
  sigmoid,
} from "../tensor/operators/elementwise.ts";
import { split } from "../tensor/operators/movement.ts";
import { euclideanLength } from "../tensor/operators/reduction.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { ConfidenceMode, DepthMode, NetworkConfig } from "./config.ts";

/** One view's answer, in the camera frame of view 1. */
export interface PointmapTensors {
  /** `[batch, height, width, 3]` */
  readonly pointmap: Tensor;
  /** `[batch, height, width]` */
  readonly confidence: Tensor;
}

/** Turns a head's raw output `[batch, height, width, 4]` into points and confidences. */
export function activatePointmap(raw: Tensor, config: NetworkConfig): PointmapTensors {
  const [xyz, logit] = split(raw, [3, 1], -1) as [Tensor, Tensor];
  return {
    pointmap: activatePoints(xyz, config.depthMode),
    confidence: reshape(activateConfidence(logit, config.confidenceMode), raw.shape.slice(0, -1)),
  };
}

/**
 * Points from raw ones: `exp` keeps the direction and maps the length d to exp(d) - 1.
 * @param axis where x, y and z lie; by default `xyz` is `[..., 3]`
 */
export function activatePoints(xyz: Tensor, mode: DepthMode, axis = -1): Tensor {
  if (mode === "linear") return xyz;
  const length = euclideanLength(xyz, axis);
  const distance = mode === "exp" ? expm1(length) : multiply(length, length);
  return multiply(xyz, divide(distance, maximum(length, scalar(1e-8))));
}

/** `exp` is equation 4's neighbor: 1 + exp(c), bounded to `[min, max]`. */
export function activateConfidence(logit: Tensor, { kind, min, max }: ConfidenceMode): Tensor {
  if (kind === "sigmoid") return add(multiply(sigmoid(logit), scalar(max - min)), scalar(min));
  const grown = exp(logit);
  return add(Number.isFinite(max) ? minimum(grown, scalar(max - min)) : grown, scalar(min));
}

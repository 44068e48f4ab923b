import { reshape } from "../tensor/operators/broadcasting.ts";
import { conv2d, convTransposeBlocks } from "../tensor/operators/convolution.ts";
import { add, relu } from "../tensor/operators/elementwise.ts";
import { slice, transpose } from "../tensor/operators/movement.ts";
import { upsampleDouble } from "../tensor/operators/upsample.ts";
import type { Tensor } from "../tensor/tensor.ts";
import type { HeadConfig, NetworkConfig } from "./config.ts";
import type { DecoderLevels } from "./decoder.ts";
import { linearLayer } from "./layers.ts";
import type { HeadShape } from "./linear-head.ts";
import type { ParameterSource } from "./parameter-source.ts";

/** What the head computes on the way, for those who compare it with the reference. */
export interface DptStages {
  /** The four levels as images `[batch, dim, height, width]`, fine to coarse. */
  readonly reassembled: readonly Tensor[];
  /** Fusion outputs, coarse to fine. */
  readonly fused: readonly Tensor[];
  /** Raw xyz and confidence, `[batch, 4, height, width]`. */
  readonly raw: Tensor;
}

/**
 * The decoder levels that the head reads: the encoder's, those after one half and three quarters, rounded down, and the
 * last.
 */
export function hookedLevels(depth: number): readonly [number, number, number, number] {
  return [0, Math.floor(depth / 2), Math.floor((3 * depth) / 4), depth];
}

/**
 * The dense prediction head of DPT (Ranftl et al. 2021): tokens of four depths are reassembled into images of 4, 2, 1
 * and 1/2 times the patch grid and fused from coarse to fine.
 */
export function dptHead(
  levels: DecoderLevels,
  name: string,
  shape: HeadShape,
  config: NetworkConfig & { readonly head: HeadConfig & { readonly kind: "dpt" } },
  parameters: ParameterSource,
): DptStages {
  const { featureDim, lastDim, layerDims } = config.head;
  const dpt = `${name}.dpt`;
  const convolve = (x: Tensor, layer: string, out: number, options: ConvolutionLayerOptions = {}) =>
    convolutionLayer(x, `${dpt}.${layer}`, out, parameters, options);

  const reassembled = hookedLevels(config.decoder.depth).map((hook, level) => {
    const part = `${dpt}.act_postprocess.${level}`;
    const dim = layerDims[level]!;
    const image = imageOf(linearLayer(levels[hook]!, `${part}.0`, dim, parameters), shape);
    if (level === 0) return enlarge(image, `${part}.1`, 4, parameters);
    if (level === 1) return enlarge(image, `${part}.1`, 2, parameters);
    return level === 3 ? convolve(image, "act_postprocess.3.1", dim, { stride: 2 }) : image;
  });
  const paths = reassembled.map((image, i) => convolve(image, `scratch.layer_rn.${i}`, featureDim, { bias: false }));

  const residual = (x: Tensor, unit: string) => {
    const inner = convolve(relu(x), `scratch.${unit}.conv1`, featureDim);
    return add(x, convolve(relu(inner), `scratch.${unit}.conv2`, featureDim));
  };
  const fuse = (coarse: Tensor | undefined, fine: Tensor, stage: string) => {
    const joined = coarse === undefined ? fine : add(coarse, residual(fine, `${stage}.resConfUnit1`));
    const refined = residual(joined, `${stage}.resConfUnit2`);
    // The 1×1 convolution and the interpolation commute; in this order it costs a quarter.
    return upsampleDouble(convolve(refined, `scratch.${stage}.out_conv`, featureDim, { kernel: 1 }));
  };
  const fused: Tensor[] = [];
  for (let level = 3; level >= 0; level--) {
    const fine = paths[level]!;
    fused.push(fuse(fused.length === 0 ? undefined : cropLike(fused.at(-1)!, fine), fine, `refinenet${level + 1}`));
  }

  const half = upsampleDouble(convolve(fused.at(-1)!, "head.0", featureDim / 2));
  const raw = convolve(relu(convolve(half, "head.2", lastDim)), "head.4", 4, { kernel: 1 });
  return { reassembled, fused, raw };
}

interface ConvolutionLayerOptions {
  readonly kernel?: 1 | 3;
  readonly stride?: number;
  readonly bias?: boolean;
}

function convolutionLayer(
  x: Tensor,
  name: string,
  out: number,
  parameters: ParameterSource,
  { kernel = 3, stride = 1, bias = true }: ConvolutionLayerOptions,
): Tensor {
  const weight = parameters(`${name}.weight`, [out, x.shape[1]!, kernel, kernel]);
  return conv2d(x, weight, bias ? parameters(`${name}.bias`, [out]) : undefined, {
    stride,
    padding: (kernel - 1) / 2,
  });
}

/** Every pixel becomes `factor`² pixels of its own. */
function enlarge(x: Tensor, name: string, factor: number, parameters: ParameterSource): Tensor {
  const dim = x.shape[1]!;
  const weight = parameters(`${name}.weight`, [dim, dim, factor, factor]);
  return convTransposeBlocks(x, weight, parameters(`${name}.bias`, [dim]));
}

/** Tokens `[batch · rows · columns, dim]` as an image `[batch, dim, rows, columns]`. */
function imageOf(x: Tensor, { batch, grid }: HeadShape): Tensor {
  return transpose(reshape(x, [batch, grid.rows, grid.columns, x.shape[1]!]), [0, 3, 1, 2]);
}

/** Odd grids: the coarse level, rounded up, is a row or column too large. */
function cropLike(x: Tensor, other: Tensor): Tensor {
  return slice(slice(x, 2, 0, other.shape[2]!), 3, 0, other.shape[3]!);
}

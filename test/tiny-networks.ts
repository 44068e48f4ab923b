import type { NetworkConfig } from "../src/network/config.ts";

const TRUNK = {
  patchSize: 16,
  encoder: { dim: 48, depth: 3, heads: 2 },
  mlpRatio: 4,
  ropeBase: 100,
  depthMode: "exp",
  confidenceMode: { kind: "exp", min: 1, max: Number.POSITIVE_INFINITY },
  imageSize: { height: 64, width: 64 },
} as const;

/** The network of `tiny_linear_weights.safetensors`. */
export const TINY_LINEAR: NetworkConfig = {
  ...TRUNK,
  decoder: { dim: 32, depth: 4, heads: 2 },
  head: { kind: "linear" },
};

const DPT_HEAD = { kind: "dpt", featureDim: 16, lastDim: 8, layerDims: [8, 16, 24, 32] } as const;

/** The network of `tiny_dpt_weights.safetensors`. */
export const TINY_DPT: NetworkConfig & { readonly head: typeof DPT_HEAD } = {
  ...TRUNK,
  decoder: { dim: 32, depth: 12, heads: 2 },
  head: DPT_HEAD,
};

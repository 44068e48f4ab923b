import type { HeadConfig, NetworkConfig } from "./config.ts";

/** Parameter name (the official checkpoint's) to shape, in the official order. */
export type ParameterShapes = ReadonlyMap<string, readonly number[]>;

/**
 * The parameters that a network of this configuration reads. Official DPT files hold more: duplicates
 * (`scratch.layerN_rn`), a residual unit that is never used (`refinenet4.resConfUnit1`) and `mask_token`.
 */
export function parameterShapes(config: NetworkConfig): ParameterShapes {
  const shapes = new Map<string, readonly number[]>();
  const { encoder, decoder, patchSize } = config;
  shapes.set("patch_embed.proj.weight", [encoder.dim, 3, patchSize, patchSize]);
  shapes.set("patch_embed.proj.bias", [encoder.dim]);
  for (let i = 0; i < encoder.depth; i++) {
    const block = `enc_blocks.${i}`;
    norm(shapes, `${block}.norm1`, encoder.dim);
    selfAttention(shapes, `${block}.attn`, encoder.dim);
    norm(shapes, `${block}.norm2`, encoder.dim);
    mlp(shapes, `${block}.mlp`, encoder.dim, config.mlpRatio);
  }
  norm(shapes, "enc_norm", encoder.dim);
  linear(shapes, "decoder_embed", encoder.dim, decoder.dim);
  for (const stack of ["dec_blocks", "dec_blocks2"]) {
    for (let i = 0; i < decoder.depth; i++) {
      const block = `${stack}.${i}`;
      norm(shapes, `${block}.norm1`, decoder.dim);
      selfAttention(shapes, `${block}.attn`, decoder.dim);
      for (const part of ["projq", "projk", "projv", "proj"]) {
        linear(shapes, `${block}.cross_attn.${part}`, decoder.dim, decoder.dim);
      }
      norm(shapes, `${block}.norm2`, decoder.dim);
      norm(shapes, `${block}.norm3`, decoder.dim);
      mlp(shapes, `${block}.mlp`, decoder.dim, config.mlpRatio);
      norm(shapes, `${block}.norm_y`, decoder.dim);
    }
  }
  norm(shapes, "dec_norm", decoder.dim);
  for (const head of ["downstream_head1", "downstream_head2"]) headParameters(shapes, head, config, config.head);
  return shapes;
}

type Shapes = Map<string, readonly number[]>;

function linear(shapes: Shapes, name: string, from: number, to: number): void {
  shapes.set(`${name}.weight`, [to, from]);
  shapes.set(`${name}.bias`, [to]);
}

function norm(shapes: Shapes, name: string, dim: number): void {
  shapes.set(`${name}.weight`, [dim]);
  shapes.set(`${name}.bias`, [dim]);
}

function selfAttention(shapes: Shapes, name: string, dim: number): void {
  linear(shapes, `${name}.qkv`, dim, 3 * dim);
  linear(shapes, `${name}.proj`, dim, dim);
}

function mlp(shapes: Shapes, name: string, dim: number, ratio: number): void {
  linear(shapes, `${name}.fc1`, dim, dim * ratio);
  linear(shapes, `${name}.fc2`, dim * ratio, dim);
}

function convolution(shapes: Shapes, name: string, from: number, to: number, kernel: number, bias = true): void {
  shapes.set(`${name}.weight`, [to, from, kernel, kernel]);
  if (bias) shapes.set(`${name}.bias`, [to]);
}

function headParameters(shapes: Shapes, name: string, config: NetworkConfig, head: HeadConfig): void {
  const { encoder, decoder, patchSize } = config;
  if (head.kind === "none") return;
  if (head.kind === "linear") {
    linear(shapes, `${name}.proj`, decoder.dim, 4 * patchSize ** 2);
    return;
  }
  const { featureDim, lastDim, layerDims } = head;
  const dpt = `${name}.dpt`;
  const tokenDims = [encoder.dim, decoder.dim, decoder.dim, decoder.dim];
  layerDims.forEach((dim, level) => {
    const reassemble = `${dpt}.act_postprocess.${level}`;
    convolution(shapes, `${reassemble}.0`, tokenDims[level]!, dim, 1);
    // The transposed convolutions (levels 0 and 1) hold [in, out, k, k]; here in = out.
    if (level === 0) convolution(shapes, `${reassemble}.1`, dim, dim, 4);
    if (level === 1) convolution(shapes, `${reassemble}.1`, dim, dim, 2);
    if (level === 3) convolution(shapes, `${reassemble}.1`, dim, dim, 3);
    convolution(shapes, `${dpt}.scratch.layer_rn.${level}`, dim, featureDim, 3, false);
  });
  for (let stage = 1; stage <= 4; stage++) {
    const fusion = `${dpt}.scratch.refinenet${stage}`;
    convolution(shapes, `${fusion}.out_conv`, featureDim, featureDim, 1);
    for (const unit of stage === 4 ? ["resConfUnit2"] : ["resConfUnit1", "resConfUnit2"]) {
      convolution(shapes, `${fusion}.${unit}.conv1`, featureDim, featureDim, 3);
      convolution(shapes, `${fusion}.${unit}.conv2`, featureDim, featureDim, 3);
    }
  }
  convolution(shapes, `${dpt}.head.0`, featureDim, featureDim / 2, 3);
  convolution(shapes, `${dpt}.head.2`, featureDim / 2, lastDim, 3);
  convolution(shapes, `${dpt}.head.4`, lastDim, 4, 1);
}

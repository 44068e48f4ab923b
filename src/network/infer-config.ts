import { type CheckpointContents, ContentsReader, show } from "./checkpoint-contents.ts";
import type { ConfidenceMode, DepthMode, HeadConfig, NetworkConfig, StackConfig } from "./config.ts";

/** A configuration found in a checkpoint, and what had to be assumed to find it. */
export interface InferredConfig {
  readonly config: NetworkConfig;
  readonly notes: readonly string[];
}

/** Some forty times the published depth: keeps a hostile header from asking for millions of parameters. */
const MAX_DEPTH = 1000;

/**
 * Decides the network's configuration: sizes come from the tensors, heads, output modes, rotary base and image size
 * from the keywords. Throws a `FormatError` that names every contradiction between the two, and for what this network
 * does not have (cosine position embeddings, bounded depth, other outputs).
 */
export function inferConfig(contents: CheckpointContents): InferredConfig {
  const reader = new ContentsReader(contents);
  const [encoderDim, , patchSize] = reader.shape("patch_embed.proj.weight", 4);
  const [decoderDim] = reader.shape("decoder_embed.weight", 2);
  const [hidden] = reader.shape("enc_blocks.0.mlp.fc1.weight", 2);
  const config: NetworkConfig = {
    patchSize,
    encoder: inferStack(reader, "enc", { dim: encoderDim, referenceDim: 768, referenceHeads: 12 }),
    decoder: inferStack(reader, "dec", { dim: decoderDim, referenceDim: 512, referenceHeads: 16 }),
    mlpRatio: hidden / encoderDim,
    ...inferPositions(reader),
    head: inferHead(reader),
    depthMode: inferDepthMode(reader),
    confidenceMode: inferConfidenceMode(reader),
    imageSize: inferImageSize(reader),
    ...(reader.keyword("mirror") === true ? { mirror: true } : {}),
    ...(reader.keyword("metric") === true ? { metric: true } : {}),
  };
  reader.compare("patch_size", patchSize);
  reader.compare("mlp_ratio", config.mlpRatio);
  reader.require("output_mode", "pts3d");
  reader.require("norm_im2_in_dec", true);
  reader.finish();
  return { config, notes: reader.notes };
}

interface StackFacts {
  readonly dim: number;
  /** The reference's defaults for a keyword that its constructor was not given. */
  readonly referenceDim: number;
  readonly referenceHeads: number;
}

function inferStack(reader: ContentsReader, stack: "enc" | "dec", facts: StackFacts): StackConfig {
  const { dim } = facts;
  const depth = reader.blocks(`${stack}_blocks`);
  reader.compare(`${stack}_embed_dim`, dim);
  reader.compare(`${stack}_depth`, depth);
  if (depth > MAX_DEPTH) reader.problem(`it has ${depth} ${stack}_blocks, more than the ${MAX_DEPTH} supported`);
  const keyword = `${stack}_num_heads`;
  const heads = reader.keyword(keyword) ?? assumedHeads(reader, keyword, facts);
  // A rotary embedding rotates pairs of channels for each of the two image axes.
  if (!isCount(heads) || dim % (4 * heads) !== 0) {
    reader.problem(`${keyword} = ${show(heads)} does not divide ${dim} channels into heads of a multiple of 4`);
    return { dim, depth, heads: 1 };
  }
  return { dim, depth, heads };
}

function assumedHeads(reader: ContentsReader, keyword: string, facts: StackFacts): number {
  const { dim, referenceDim, referenceHeads } = facts;
  if (reader.hasKeywords && dim === referenceDim) return referenceHeads;
  const heads = Math.max(1, Math.round(dim / 64));
  reader.notes.push(`${keyword} is not stated; assumed ${heads} of ${dim / heads} channels`);
  return heads;
}

function inferPositions(reader: ContentsReader): Pick<NetworkConfig, "ropeBase" | "cosinePositions"> {
  const value = reader.keyword("pos_embed");
  if (reader.shapes.has("enc_pos_embed")) {
    reader.problem("it has a cosine position embedding (enc_pos_embed); only rotary ones (RoPE100) are supported");
  }
  if (value === undefined) {
    reader.notes.push("pos_embed is not stated; assumed RoPE100");
    return { ropeBase: 100 };
  }
  const [, base, cosine] = /^RoPE(\d+(?:\.\d+)?)(\+cosine)?$/.exec(typeof value === "string" ? value : "") ?? [];
  if (!(Number(base) > 0))
    reader.unsupported("pos_embed", "RoPE followed by its base frequency, then +cosine or nothing");
  return { ropeBase: Number(base), ...(cosine === undefined ? {} : { cosinePositions: true }) };
}

function inferHead(reader: ContentsReader): HeadConfig {
  const dpt = "downstream_head1.dpt";
  if (reader.has(`${dpt}.`)) {
    reader.compare("head_type", "dpt");
    const [featureDim] = reader.shape(`${dpt}.scratch.layer_rn.0.weight`, 4);
    const [lastDim] = reader.shape(`${dpt}.head.2.weight`, 4);
    const layerDim = (level: number): number => reader.shape(`${dpt}.act_postprocess.${level}.0.weight`, 4)[0];
    return { kind: "dpt", featureDim, lastDim, layerDims: [layerDim(0), layerDim(1), layerDim(2), layerDim(3)] };
  }
  if (reader.has("downstream_head")) {
    reader.compare("head_type", "linear");
    return { kind: "linear" };
  }
  reader.compare("head_type", "none");
  reader.notes.push("no pointmap head: these are pre-training weights (CroCo), to be trained further");
  return { kind: "none" };
}

function inferDepthMode(reader: ContentsReader): DepthMode {
  const value = reader.keyword("depth_mode") ?? ["exp", -Infinity, Infinity];
  const [kind, min, max] = Array.isArray(value) ? (value as unknown[]) : [];
  if ((kind === "exp" || kind === "linear" || kind === "square") && min === -Infinity && max === Infinity) return kind;
  reader.unsupported("depth_mode", "exp, linear or square with the bounds -inf and inf");
  return "exp";
}

function inferConfidenceMode(reader: ContentsReader): ConfidenceMode {
  const value = reader.keyword("conf_mode") ?? ["exp", 1, Infinity];
  const [kind, min, max] = Array.isArray(value) ? (value as unknown[]) : [];
  if ((kind === "exp" || kind === "sigmoid") && typeof min === "number" && typeof max === "number" && min < max) {
    return { kind, min, max };
  }
  reader.unsupported("conf_mode", "exp or sigmoid with a lower and an upper bound");
  return { kind: "exp", min: 1, max: Infinity };
}

function inferImageSize(reader: ContentsReader): NetworkConfig["imageSize"] {
  const value = reader.keyword("img_size") ?? 224;
  const [height, width] = Array.isArray(value) ? (value as unknown[]) : [value, value];
  if (isCount(height) && isCount(width)) return { height, width };
  reader.unsupported("img_size", "one positive number or a height and a width");
  return { height: 224, width: 224 };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

import type { NetworkConfig } from "./config.ts";
import { parameterShapes } from "./parameters.ts";

/** Kinds of fully connected layers in encoder and decoders, by the ends of their names. */
const KINDS = ["attn.qkv", "attn.proj", "projq", "projk", "projv", "mlp.fc1", "mlp.fc2"];

/**
 * The fully connected layers that calculate on 8-bit numbers with `q8`, by name, in the checkpoint's order: all of the
 * encoder's and decoders' blocks. Patch embedding, the layer between encoder and decoders, normalizations, attention's own
 * products and the heads stay float32.
 * docs/int8.md has the measurements behind it.
 */
export function quantizedLayers(config: NetworkConfig): readonly string[] {
  const layers: string[] = [];
  for (const name of parameterShapes(config).keys()) {
    const layer = name.replace(/\.weight$/, "");
    if (layer === name || layer.startsWith("downstream_head")) continue;
    if (KINDS.some((kind) => layer.endsWith(kind))) layers.push(layer);
  }
  return layers;
}

/** Blocks at the start of the encoder: an error there is carried on, and mixed among tokens, by all others. */
const DELICATE_BLOCKS = 4;

/**
 * Whether a layer's inputs are rounded in two steps, at twice the products: as exact as 16 bits, in the memory of 8. docs/int8.md has what each
 * block gains.
 */
export function isDelicate(layer: string): boolean {
  const block = /^enc_blocks\.(\d+)\./.exec(layer)?.[1];
  return block !== undefined && Number(block) < DELICATE_BLOCKS;
}

/** Of what an MLP's second layer reads, so many inputs are small and the others larger, up to many times so. */
const SMALL_SHARE = 27 / 32;

/** The name of the layer whose outputs are the inputs of an MLP's second layer, through GELU; undefined for other layers. */
export function layerBefore(layer: string): string | undefined {
  return layer.endsWith("mlp.fc2") ? layer.replace(/fc2$/, "fc1") : undefined;
}

/**
 * How many consecutive inputs of a layer in 8 bits are rounded to levels of their own. GELU leaves a few of its outputs much larger
 * than the others: with these in a part by themselves (`orderBySize`), the levels of all others are finer.
 */
export function inputParts(layer: string, features: number): readonly number[] {
  if (layerBefore(layer) === undefined) return [features];
  const small = Math.floor(SMALL_SHARE * features);
  return [small, features - small];
}

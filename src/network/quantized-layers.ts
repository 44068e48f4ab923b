import type { NetworkConfig } from "./config.ts";
import { parameterShapes } from "./parameters.ts";

/** Kinds of fully connected layers in encoder and decoders, by the ends of their names. */
const KINDS = ["attn.qkv", "attn.proj", "projq", "projk", "projv", "mlp.fc1", "mlp.fc2", "decoder_embed"];

/**
 * The fully connected layers that calculate on 8-bit numbers with `q8`, by name, in the checkpoint's order: all of the
 * encoder and the decoders. Patch embedding, normalizations, attention's own products and the heads stay float32.
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

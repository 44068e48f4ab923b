import type { NetworkConfig } from "../../network/config.ts";
import { embeddingMatrix, interpolationMatrix, resizePatches } from "./resize-patch.ts";

/** A parameter with its numbers. */
export interface ParameterValue {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A network's parameters by their official names. */
export type NetworkParameters = ReadonlyMap<string, ParameterValue>;

/** Last layers of a block's branches: with zeros there, the block passes its input on. */
const BRANCH_ENDS = /\.(attn\.proj|cross_attn\.proj|mlp\.fc2)\.(weight|bias)$/;

/**
 * The parameters of a deeper network that computes what the old one does. Old blocks are spread evenly; each new block
 * is a copy of the one before it whose branches end in zeros, so that it starts as the identity and yet has gradients
 * from the first step (Chen et al. 2016, Net2Net). The hooks of a DPT head see the levels they saw before, where the
 * old depth is a multiple of four.
 */
export function growDepth(
  parameters: NetworkParameters,
  from: Pick<NetworkConfig, "encoder" | "decoder">,
  to: Pick<NetworkConfig, "encoder" | "decoder">,
): NetworkParameters {
  const places = {
    enc_blocks: spreadBlocks(from.encoder.depth, to.encoder.depth),
    dec_blocks: spreadBlocks(from.decoder.depth, to.decoder.depth),
  };
  const grown = new Map<string, ParameterValue>();
  for (const [name, parameter] of parameters) {
    const [, stack, block, rest] = /^(enc_blocks|dec_blocks2?)\.(\d+)\.(.*)$/.exec(name) ?? [];
    if (stack === undefined) {
      grown.set(name, parameter);
      continue;
    }
    places[stack === "enc_blocks" ? "enc_blocks" : "dec_blocks"].forEach((place, i) => {
      if (place.source !== Number(block)) return;
      const silent = place.isNew && BRANCH_ENDS.test(name);
      const values = silent ? new Float32Array(parameter.values.length) : parameter.values;
      grown.set(`${stack}.${i}.${rest}`, { ...parameter, values });
    });
  }
  return grown;
}

/** For each of `to` blocks, the old block that it is, or that it follows as a new one. */
function spreadBlocks(from: number, to: number): readonly { readonly source: number; readonly isNew: boolean }[] {
  const first = Array.from({ length: from }, (_, i) => Math.floor((i * to) / from));
  return Array.from({ length: to }, (_, i) => {
    const source = first.findLastIndex((place) => place <= i);
    return { source, isNew: first[source] !== i };
  });
}

/**
 * The parameters for patches of another size. From larger patches of an enlarged photo a network computes what it did
 * from the photo, and its linear head answers with enlarged pointmaps; smaller patches are the nearest there is.
 */
export function resizePatchLayers(parameters: NetworkParameters, from: number, to: number): NetworkParameters {
  if (from === to) return parameters;
  const resized = new Map(parameters);
  const replace = (name: string, matrix: Float64Array, depth: number, shape: (old: readonly number[]) => number[]) => {
    const old = parameters.get(name);
    if (old === undefined) return;
    resized.set(name, { shape: shape(old.shape), values: resizePatches(old.values, matrix, { from, to, depth }) });
  };
  replace("patch_embed.proj.weight", embeddingMatrix(from, to), 1, ([dim]) => [dim!, 3, to, to]);
  const answers = interpolationMatrix(from, to);
  for (const head of ["downstream_head1.proj", "downstream_head2.proj"]) {
    const dim = parameters.get(`${head}.weight`)?.shape[1] ?? 1;
    replace(`${head}.weight`, answers, dim, () => [4 * to * to, dim]);
    replace(`${head}.bias`, answers, 1, () => [4 * to * to]);
  }
  return resized;
}

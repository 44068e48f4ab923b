import type { BlobStore } from "../core/blob-store.ts";
import { bytesInMemory } from "../core/byte-source.ts";
import type { View } from "../core/view.ts";
import { readSafetensorsHeader } from "../formats/safetensors.ts";
import { type TensorContent, writeSafetensors } from "../formats/safetensors-writer.ts";
import { readFloats } from "../formats/tensor-entry.ts";
import type { EncodedTwice } from "./mirrored-network.ts";
import type { PairInference } from "./pair-inference.ts";
import type { EncodedView } from "./pair-network.ts";

/** Part of every key: raise it when the same weights and view give other numbers, or another layout, than before. */
const ENCODING_VERSION = 1;

/**
 * The same network with encoded views kept in a store, where other processes find them.
 * @param withPixels gives the view with its image; called for those that have to be encoded
 */
export function storedEncodings(
  network: PairInference,
  store: BlobStore,
  withPixels: (view: View) => Promise<View> = async (view) => view,
): PairInference {
  return {
    checkpoint: network.checkpoint,
    dtype: network.dtype,
    mirrors: network.mirrors,
    decode: (pair, encoded1, encoded2) => network.decode(pair, encoded1, encoded2),
    async encode(views) {
      const encoded = await Promise.all(
        views.map(async (view) => {
          const bytes = await store.get(encodingKey(network, view));
          return bytes && (await deserializeEncoding(bytes, view));
        }),
      );
      const missing = views.flatMap((_, i) => (encoded[i] === undefined ? [i] : []));
      if (missing.length > 0) {
        const fresh = await network.encode(await Promise.all(missing.map((i) => withPixels(views[i]!))));
        for (const [k, i] of missing.entries()) {
          encoded[i] = fresh[k]!;
          await store.put(encodingKey(network, views[i]!), serializeEncoding(fresh[k]!));
        }
      }
      return encoded as EncodedView[];
    },
  };
}

function encodingKey({ checkpoint, dtype, mirrors }: PairInference, { hash }: View): string {
  const network = `${checkpoint.hash.slice(0, 24)}-${dtype}${mirrors ? "-mirror" : ""}`;
  return `encoding-${ENCODING_VERSION}-${network}-${hash.slice(0, 24)}`;
}

function serializeEncoding(encoded: EncodedView): Uint8Array {
  const tensors = new Map<string, TensorContent>([["features", tensorOf(encoded)]]);
  const { mirrored } = encoded as Partial<EncodedTwice>;
  if (mirrored !== undefined) tensors.set("mirrored", tensorOf(mirrored));
  return writeSafetensors(tensors);
}

function tensorOf({ features }: EncodedView): TensorContent {
  return { dtype: "F32", shape: [features.length], values: features };
}

async function deserializeEncoding(bytes: Uint8Array, { width, height }: View): Promise<EncodedView> {
  const source = bytesInMemory("a stored encoding", bytes);
  const { tensors } = await readSafetensorsHeader(source);
  const encoded = { width, height, features: await readFloats(source, tensors.get("features")!) };
  const mirrored = tensors.get("mirrored");
  if (mirrored === undefined) return encoded;
  const twice: EncodedTwice = { ...encoded, mirrored: { width, height, features: await readFloats(source, mirrored) } };
  return twice;
}

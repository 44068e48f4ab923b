import type { BlobStore } from "../core/blob-store.ts";
import type { View } from "../core/view.ts";
import type { PairInference } from "./pair-inference.ts";

/** Part of every key: raise it when the same weights and view give another descriptor than before. */
const DESCRIPTOR_VERSION = 1;

/**
 * The global descriptor of a photo, `[dim]`: the mean of the encoder's features. A simple one: the encoder was not
 * trained for it.
 * @param store where descriptors are kept and looked up
 */
export async function describeView(network: PairInference, view: View, store?: BlobStore): Promise<Float32Array> {
  const { dim } = network.checkpoint.config.encoder;
  const key = descriptorKey(network, view);
  const bytes = await store?.get(key);
  // A copy, because the bytes need not begin where their buffer does.
  if (bytes?.length === 4 * dim) return new Float32Array(Uint8Array.from(bytes).buffer);
  const [encoded] = await network.encode([view]);
  const descriptor = pooledFeatures(encoded!.features, dim);
  await store?.put(key, new Uint8Array(descriptor.buffer));
  return descriptor;
}

/** The mean of features `[tokens, dim]`. */
export function pooledFeatures(features: Float32Array, dim: number): Float32Array {
  const sums = new Float64Array(dim);
  for (let i = 0; i < features.length; i++) sums[i % dim]! += features[i]!;
  return Float32Array.from(sums, (sum) => (sum * dim) / features.length);
}

function descriptorKey({ checkpoint, dtype }: PairInference, { hash }: View): string {
  return `descriptor-${DESCRIPTOR_VERSION}-${checkpoint.hash.slice(0, 24)}-${dtype}-${hash.slice(0, 24)}`;
}

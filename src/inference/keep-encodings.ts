import type { View } from "../core/view.ts";
import type { PairInference } from "./pair-inference.ts";
import type { EncodedView } from "./pair-network.ts";

/**
 * The same network with a cache of encoded views.
 * @param most how many views; the least recently asked for are forgotten first
 */
export function keepEncodings(network: PairInference, most: number = Number.POSITIVE_INFINITY): PairInference {
  /** By the views' hashes, least recently used first. */
  const kept = new Map<string, EncodedView>();
  return {
    checkpoint: network.checkpoint,
    dtype: network.dtype,
    mirrors: network.mirrors,
    decode: (pair, encoded1, encoded2) => network.decode(pair, encoded1, encoded2),
    async encode(views: readonly View[]) {
      const missing = views.filter(({ hash }) => !kept.has(hash));
      const fresh = missing.length > 0 ? await network.encode(missing) : [];
      for (const [i, { hash }] of missing.entries()) kept.set(hash, fresh[i]!);
      const encoded = views.map(({ hash }) => {
        const known = kept.get(hash)!;
        kept.delete(hash);
        kept.set(hash, known);
        return known;
      });
      for (const hash of kept.keys()) {
        if (kept.size <= most) break;
        kept.delete(hash);
      }
      return encoded;
    },
  };
}

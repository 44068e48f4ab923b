import type { View } from "../core/view.ts";
import type { PairInference } from "./pair-inference.ts";
import type { EncodedView } from "./pair-network.ts";

/** How much is kept at most. */
export interface KeptEncodings {
  readonly views?: number;
  readonly bytes?: number;
}

/** A network with a cache. */
export interface KeepingInference extends PairInference {
  /** Lets go of what is kept. */
  forget(): void;
}

/**
 * The same network with a cache of encoded views; the least recently asked for are forgotten first.
 */
export function keepEncodings(
  network: PairInference,
  { views: most = Number.POSITIVE_INFINITY, bytes = Number.POSITIVE_INFINITY }: KeptEncodings = {},
): KeepingInference {
  /** By the views' hashes, least recently used first. */
  const kept = new Map<string, EncodedView>();
  return {
    checkpoint: network.checkpoint,
    dtype: network.dtype,
    mirrors: network.mirrors,
    keepsEncodings: true,
    forget: () => kept.clear(),
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
      for (const [hash, view] of kept) {
        if (kept.size <= most && kept.size * bytesOf(view) <= bytes) break;
        kept.delete(hash);
      }
      return encoded;
    },
  };
}

/** Of a view's features, and of the same of its mirror image where there are such. */
function bytesOf(view: EncodedView & { readonly mirrored?: EncodedView }): number {
  return view.features.byteLength + (view.mirrored?.features.byteLength ?? 0);
}

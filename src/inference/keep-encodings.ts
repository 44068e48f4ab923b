import type { View } from "../core/view.ts";
import type { PairInference } from "./pair-inference.ts";
import type { EncodedView } from "./pair-network.ts";

/** How much is kept at most, and how. */
export interface KeptEncodings {
  readonly views?: number;
  /** Of memory. */
  readonly bytes?: number;
  /** Gives what stands for an encoded view: itself, or one that takes no memory. */
  readonly hold?: (encoded: EncodedView) => Promise<EncodedView>;
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
  {
    views: most = Number.POSITIVE_INFINITY,
    bytes: mostBytes = Number.POSITIVE_INFINITY,
    hold = async (encoded) => encoded,
  }: KeptEncodings = {},
): KeepingInference {
  /** By the views' hashes, least recently used first. */
  const kept = new Map<string, { readonly view: EncodedView; readonly bytes: number }>();
  let bytes = 0;
  const forget = (hash: string) => {
    bytes -= kept.get(hash)!.bytes;
    kept.delete(hash);
  };
  return {
    checkpoint: network.checkpoint,
    dtype: network.dtype,
    mirrors: network.mirrors,
    keepsEncodings: true,
    forget: () => {
      for (const hash of kept.keys()) forget(hash);
    },
    decode: (pair, encoded1, encoded2) => network.decode(pair, encoded1, encoded2),
    async encode(views: readonly View[]) {
      const missing = views.filter(({ hash }) => !kept.has(hash));
      const fresh = missing.length > 0 ? await network.encode(missing) : [];
      const held = await Promise.all(fresh.map((encoded) => hold(encoded)));
      for (const [i, { hash }] of missing.entries()) {
        const own = held[i] === fresh[i] ? bytesOf(fresh[i]!) : 0;
        kept.set(hash, { view: held[i]!, bytes: own });
        bytes += own;
      }
      const encoded = views.map(({ hash }) => {
        const known = kept.get(hash)!;
        kept.delete(hash);
        kept.set(hash, known);
        return known.view;
      });
      for (const hash of kept.keys()) {
        if (kept.size <= most && bytes <= mostBytes) break;
        forget(hash);
      }
      return encoded;
    },
  };
}

/** Of a view's features, and of the same of its mirror image where there are such. */
function bytesOf(view: EncodedView & { readonly mirrored?: EncodedView }): number {
  return view.features.byteLength + (view.mirrored?.features.byteLength ?? 0);
}

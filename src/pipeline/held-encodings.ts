import { putFloats, type Spool } from "../core/spool.ts";
import type { EncodedTwice } from "../inference/mirrored-network.ts";
import type { EncodedView } from "../inference/pair-network.ts";
import type { Overflow } from "./overflow.ts";

/** A view as it was encoded, or with features that are read from a disk each time they are asked for. */
export async function heldEncoding(encoded: EncodedView, overflow: Overflow): Promise<EncodedView> {
  const { mirrored } = encoded as Partial<EncodedTwice>;
  const bytes = encoded.features.byteLength + (mirrored?.features.byteLength ?? 0);
  const spool = await overflow.spoolFor(bytes);
  if (spool === undefined) return encoded;
  const stored = storedEncoding(encoded, spool);
  const storedMirrored = mirrored && storedEncoding(mirrored, spool);
  if (stored === undefined || (mirrored !== undefined && storedMirrored === undefined)) return encoded;
  return storedMirrored ? Object.assign(stored, { mirrored: storedMirrored }) : stored;
}

/** A function of its own: what a closure is made beside stays in memory with it, and these features must not. */
function storedEncoding({ width, height, features }: EncodedView, spool: Spool): EncodedView | undefined {
  const read = putFloats(spool, features);
  return read && readBack(width, height, read);
}

function readBack(width: number, height: number, read: () => Float32Array): EncodedView {
  return {
    width,
    height,
    get features() {
      return read();
    },
  };
}

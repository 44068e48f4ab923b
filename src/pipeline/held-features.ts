import type { Features } from "../features/features.ts";
import type { Overflow } from "./overflow.ts";

/** Features as they are, or with descriptors, nine tenths of them, that are read from a disk each time they are asked for. */
export async function heldFeatures(features: Features, overflow: Overflow): Promise<Features> {
  const spool = await overflow.spoolFor(features.descriptors.byteLength);
  const read = spool?.put(features.descriptors);
  return read ? readBack(features, read) : features;
}

/** A function of its own: what a closure is made beside stays in memory with it, and these descriptors must not. */
function readBack({ descriptors: _, ...features }: Features, read: () => Uint8Array): Features {
  return {
    ...features,
    get descriptors() {
      return read();
    },
  };
}

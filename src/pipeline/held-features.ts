import type { Features } from "../features/features.ts";
import type { Overflow } from "./overflow.ts";

/** Features as they are, or with descriptors, nine tenths of them, that are read from a disk each time they are asked for. */
export async function heldFeatures(features: Features, overflow: Overflow): Promise<Features> {
  const spool = await overflow.spoolFor(features.descriptors.byteLength);
  const read = spool?.put(features.descriptors);
  return read ? readBack(features, read) : features;
}

/**
 * A function of its own: what a closure is made beside stays in memory with it, and these descriptors must not. The other arrays are
 * copies: those of another process may be views of all that it sent.
 */
function readBack({ width, height, count, positions, scales, angles }: Features, read: () => Uint8Array): Features {
  return {
    width,
    height,
    count,
    positions: positions.slice(),
    scales: scales.slice(),
    angles: angles.slice(),
    get descriptors() {
      return read();
    },
  };
}

import { expect, test } from "vitest";
import type { Spool } from "../../core/spool.ts";
import { coarseLevel, fullLevel, sampleLevel, type WeightedPair } from "./observation.ts";

const SIZES = [
  { width: 8, height: 6 },
  { width: 6, height: 4 },
  { width: 8, height: 6 },
];

/** A disk in memory. */
const spool: Spool = {
  put(bytes) {
    const kept = bytes.slice();
    return (room = new Uint8Array(kept.length)) => {
      room.set(kept);
      return room;
    };
  },
  async [Symbol.asyncDispose]() {},
};

/** All pairs of the images, points and weights of each of them and of each side by a number of its own. */
function pairsOf(stored: boolean): WeightedPair[] {
  return SIZES.flatMap((_, view1) =>
    SIZES.flatMap((_, view2) => {
      if (view1 === view2) return [];
      const pixels = [view1, view2].map((view) => SIZES[view]!.width * SIZES[view]!.height) as [number, number];
      const side: WeightedPair["side"] = (side, room = new Float32Array(4 * pixels[side])) => {
        room.forEach((_, i) => {
          room[i] = 100 * view1 + 10 * view2 + side + i / room.length;
        });
        return { points: room.subarray(0, 3 * pixels[side]), weights: room.subarray(3 * pixels[side]) };
      };
      const held = [side(0), side(1)] as const;
      const pair = { view1, view2, pixels };
      return stored ? { ...pair, side, spool } : { ...pair, side: (which: 0 | 1) => held[which] };
    }),
  );
}

const LEVELS = {
  full: (pairs: readonly WeightedPair[]) => fullLevel(SIZES, pairs),
  coarse: (pairs: readonly WeightedPair[]) => coarseLevel(SIZES, pairs, 12),
  sampled: (pairs: readonly WeightedPair[]) => sampleLevel(fullLevel(SIZES, pairs), SIZES, pairs, 12),
};

test.each(Object.keys(LEVELS) as (keyof typeof LEVELS)[])("%s: on the disk as in memory, image by image", (name) => {
  const [held, stored] = [LEVELS[name](pairsOf(false)), LEVELS[name](pairsOf(true))];
  for (const [i, image] of stored.entries()) expect(image.observations).toEqual(held[i]!.observations);
  // Of one image they are read where those of another lay; one that was asked for by itself stays.
  const { edge } = held[0]!.observations[1]!;
  const own = stored[0]!.observationBy(edge);
  const first = stored[0]!.observations[1]!;
  expect(first).toEqual(own);
  expect(stored[2]!.observations[1]!.points.buffer).toBe(first.points.buffer);
  expect(own).toEqual(held[0]!.observationBy(edge));
  expect(first).not.toEqual(own);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { sequencePairs } from "./sequence-pairs.ts";

test("a sequence of 100 frames has the 495 pairs of the published loader", () => {
  expect(sequencePairs([100])).toMatchObject({ frames: 100, pairs: 495 });
});

test("whatever the lengths: two frames of one sequence, 1 to 38 apart, and each pair is drawn around its own frames", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(150), { minLength: 1, maxLength: 6 }), fc.nat(), fc.integer(), (lengths, any, seed) => {
      const set = sequencePairs(lengths);
      expect(set.frames).toBe(lengths.reduce((sum, length) => sum + length, 0));
      if (set.pairs === 0) return;
      const [first, second] = set.choosePair(any % set.pairs, seededRandom(seed));
      const [[one, i], [other, j]] = [set.locate(first), set.locate(second)];
      expect(one).toBe(other);
      expect(i).not.toBe(j);
      expect(Math.max(i, j)).toBeLessThan(lengths[one]!);
      expect(Math.abs(i - j)).toBeLessThanOrEqual(38);
    }),
  );
});

test("without jitter, the pairs are all those 5, 10, … 30 apart, each once", () => {
  const { pairs, choosePair, locate } = sequencePairs([3, 40, 0, 12]);
  // 4 of the 9 steps of jitter is none.
  const drawn = Array.from({ length: pairs }, (_, pair) => choosePair(pair, () => 0.5).map(locate));
  const keys = new Set(drawn.map((pair) => JSON.stringify(pair)));
  expect(keys.size).toBe(pairs);
  expect(drawn.every(([a, b]) => (b![1] - a![1]) % 5 === 0 && b![1] > a![1])).toBe(true);
  expect(pairs).toBe(35 + 30 + 25 + 20 + 15 + 10 + 7 + 2);
});

test("neighbors are the others of the sequence, from the nearest on", () => {
  expect(sequencePairs([2, 5]).neighbors(3)).toEqual([2, 4, 5, 6]);
  expect(sequencePairs([2, 5]).neighbors(6)).toEqual([5, 4, 3, 2]);
});

import { expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import { epochPairs, type MixturePair, type MixturePart } from "./mixture.ts";

function all(parts: readonly MixturePart[], seed: number, epoch: number): MixturePair[] {
  const pairs = epochPairs(parts, seed, epoch);
  return Array.from({ length: pairs.length }, (_, i) => pairs.at(i));
}

const PARTS = [
  { pairs: 1000, perEpoch: 300 },
  { pairs: 40, perEpoch: 100 },
];

test("every set gives its share, none of its pairs again before all were taken", () => {
  const pairs = all(PARTS, 1, 0);
  const large = pairs.filter(({ set }) => set === 0).map(({ pair }) => pair);
  const small = pairs.filter(({ set }) => set === 1).map(({ pair }) => pair);
  expect([large.length, small.length]).toEqual([300, 100]);
  expect(new Set(large).size).toBe(300);
  expect(Math.max(...large)).toBeLessThan(1000);
  const times = Array.from({ length: 40 }, (_, pair) => small.filter((each) => each === pair).length);
  expect(times.every((count) => count === 2 || count === 3)).toBe(true);
});

test("sets alternate instead of following each other", () => {
  const firstHalf = all(PARTS, 1, 0).slice(0, 200);
  const small = firstHalf.filter(({ set }) => set === 1).length;
  // 50 are expected, with a standard deviation of 4.3.
  expect(Math.abs(small - 50)).toBeLessThan(22);
});

test("epochs and seeds draw differently, and each the same every time", () => {
  expect(all(PARTS, 1, 0)).toEqual(all(PARTS, 1, 0));
  const large = (seed: number, epoch: number): number[] =>
    all(PARTS, seed, epoch)
      .filter(({ set }) => set === 0)
      .map(({ pair }) => pair);
  const common = (a: readonly number[], b: readonly number[]): number => a.filter((pair) => b.includes(pair)).length;
  // Of 300 of 1000, 90 are the same by chance, with a standard deviation of 6.6.
  expect(Math.abs(common(large(1, 0), large(1, 1)) - 90)).toBeLessThan(40);
  expect(Math.abs(common(large(1, 0), large(2, 0)) - 90)).toBeLessThan(40);
});

test("nothing to mix is an error", () => {
  expect(() => epochPairs([], 1, 0)).toThrow(InputError);
  expect(() => epochPairs([{ pairs: 0, perEpoch: 5 }], 1, 0)).toThrow(/each of them pairs/);
});

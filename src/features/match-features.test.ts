import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFeatures, similarFeatures } from "../../test/random-features.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import { randomInteger, seededRandom } from "../core/random.ts";
import type { Features } from "./features.ts";
import { matchFeatures } from "./match-features.ts";

interface PlainOptions {
  readonly ratio: number;
  readonly maxDistance: number;
}

/** Mutual nearest neighbors with a ratio test, by looking at all pairs. */
function plainMatches(a: Features, b: Features, { ratio, maxDistance }: PlainOptions): number[] {
  const dots = Array.from({ length: a.count }, (_, i) =>
    Array.from({ length: b.count }, (_, j) => {
      let dot = 0;
      for (let k = 0; k < 128; k++) dot += a.descriptors[128 * i + k]! * b.descriptors[128 * j + k]!;
      return dot;
    }),
  );
  const distance = (dot: number) => Math.sqrt(Math.max(0, 2 - (2 * dot) / 512 ** 2));
  const matches: number[] = [];
  for (let i = 0; i < a.count; i++) {
    const row = dots[i]!;
    const best = Math.max(...row);
    const j = row.indexOf(best);
    const column = dots.map((other) => other[j]!);
    if (best <= 0 || column.indexOf(Math.max(...column)) !== i) continue;
    const others = [...row.filter((_, k) => k !== j), ...column.filter((_, k) => k !== i), 0];
    const isDistinct = distance(best) < ratio * distance(Math.max(...others));
    if (isDistinct && distance(best) <= maxDistance) matches.push(i, j);
  }
  return matches;
}

const count = fc.integer({ min: 0, max: 40 });
const ratio = fc.constantFrom(0.8, 0.95, 1);
const maxDistance = fc.constantFrom(0.3, 0.7, 2);

describe("matching", () => {
  test("finds what a comparison of all pairs finds", () => {
    fc.assert(
      fc.property(anyRandom, count, count, ratio, maxDistance, (random, count1, count2, ratio, maxDistance) => {
        const a = randomFeatures(random, count1);
        const order = Array.from({ length: count2 }, () => randomInteger(random, 40));
        const b = similarFeatures(random, a, order);
        const options = { ratio, maxDistance };
        expect(Array.from(matchFeatures(a, b, options))).toEqual(plainMatches(a, b, options));
      }),
    );
  });

  test("of more columns than are compared at once finds every one that there is", () => {
    const random = seededRandom("columns");
    const a = randomFeatures(random, 1203);
    const order = Array.from({ length: 1203 }, (_, i) => (i * 7) % 1203);
    const matches = matchFeatures(a, similarFeatures(random, a, order));
    const found = new Map(Array.from({ length: matches.length / 2 }, (_, k) => [matches[2 * k + 1]!, matches[2 * k]!]));
    expect(order.map((_, j) => found.get(j))).toEqual(order);
  });

  test("of equal descriptors matches none, as none is distinct", () => {
    const a = randomFeatures(seededRandom("equal"), 6);
    const twice = { ...a, descriptors: a.descriptors.slice() };
    twice.descriptors.copyWithin(128, 0, 128);
    expect(Array.from(matchFeatures(a, twice))).toEqual([2, 2, 3, 3, 4, 4, 5, 5]);
    expect(matchFeatures({ ...a, descriptors: new Uint8Array(6 * 128) }, a)).toEqual(new Uint32Array(0));
  });
});

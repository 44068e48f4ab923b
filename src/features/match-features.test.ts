import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randomFeatures, similarFeatures } from "../../test/random-features.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import { randomInteger, seededRandom } from "../core/random.ts";
import type { Features } from "./features.ts";
import { matchFeatures } from "./match-features.ts";
import { type Guidance, matchGuided } from "./match-guided.ts";

interface PlainOptions {
  readonly ratio: number;
  readonly maxDistance: number;
  /** Whether two features may match at all. */
  readonly mayMatch?: (i: number, j: number) => boolean;
}

/** Mutual nearest neighbors with a ratio test, by looking at all pairs. */
function plainMatches(a: Features, b: Features, { ratio, maxDistance, mayMatch = () => true }: PlainOptions): number[] {
  const dots = Array.from({ length: a.count }, (_, i) =>
    Array.from({ length: b.count }, (_, j) => {
      let dot = 0;
      for (let k = 0; k < 128; k++) dot += a.descriptors[128 * i + k]! * b.descriptors[128 * j + k]!;
      return mayMatch(i, j) ? dot : 0;
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

describe("guided matching", () => {
  test("finds what a comparison of all pairs near the places expected finds", () => {
    fc.assert(
      fc.property(
        anyRandom,
        count,
        count,
        fc.double({ min: 1, max: 300, noNaN: true }),
        (random, count1, count2, radius) => {
          const a = randomFeatures(random, count1);
          const b = similarFeatures(
            random,
            a,
            Array.from({ length: count2 }, () => randomInteger(random, 40)),
          );
          const guess = randomFeatures(random, count1);
          const places = guess.positions.map((x) => (random() < 0.1 ? Number.NaN : x));
          const guidance: Guidance = { places, radius, scales: guess.scales, angles: guess.angles };
          const mayMatch = (i: number, j: number): boolean => {
            const aside = Math.hypot(
              places[2 * i]! - b.positions[2 * j]!,
              places[2 * i + 1]! - b.positions[2 * j + 1]!,
            );
            const larger = Math.abs(Math.log2(b.scales[j]! / guess.scales[i]!));
            return aside <= radius && larger <= 1 && Math.cos(b.angles[j]! - guess.angles[i]!) >= Math.SQRT1_2;
          };
          const options = { ratio: 0.9, maxDistance: 0.7 };
          expect(Array.from(matchGuided(a, b, guidance))).toEqual(plainMatches(a, b, { ...options, mayMatch }));
        },
      ),
    );
  });

  test("finds among equal descriptors the one that is expected", () => {
    const random = seededRandom("repeated");
    const a = randomFeatures(random, 50);
    for (let i = 1; i < 50; i++) a.descriptors.copyWithin(128 * i, 0, 128);
    const b = { ...a, positions: a.positions.map((_, i) => (i % 2 === 0 ? 8 * (i / 2) : 150)) };
    const guidance = { places: b.positions.map((x) => x + 1), radius: 3 };
    expect(matchFeatures(a, b).length).toBe(0);
    expect(Array.from(matchGuided(a, b, guidance))).toEqual(Array.from({ length: 100 }, (_, i) => Math.floor(i / 2)));
  });

  test("leaves scale and angle open where they are not known", () => {
    const a = randomFeatures(seededRandom("open"), 20);
    const unknown = new Float32Array(20).fill(Number.NaN);
    const guidance = { places: a.positions, radius: 1000 };
    const matches = matchGuided(a, a, { ...guidance, scales: unknown, angles: unknown });
    expect(matches).toEqual(matchGuided(a, a, guidance));
    expect(matches.length).toBe(40);
  });
});

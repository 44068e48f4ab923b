import { describe, expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { colorJitter } from "../training/batches/color-jitter.ts";
import { choosePair } from "./choose-pair.ts";

/** Views on a line: the further apart, the less they share. */
const VIEWS = 6;
const overlap = Float32Array.from({ length: VIEWS * VIEWS }, (_, at) => {
  const apart = Math.abs(Math.floor(at / VIEWS) - (at % VIEWS));
  return 1 - apart / VIEWS;
});

describe("choosePair", () => {
  test("keeps to the range and never pairs a view with itself", () => {
    const random = seededRandom("choosePair range");
    for (let draw = 0; draw < 200; draw++) {
      const [i, j] = choosePair(overlap, [0.45, 0.7], random);
      expect([2, 3]).toContain(Math.abs(i - j));
    }
  });

  test("draws overlaps evenly although close pairs are more numerous", () => {
    const random = seededRandom("choosePair evenness");
    const counts = new Map<number, number>();
    for (let draw = 0; draw < 3000; draw++) {
      const [i, j] = choosePair(overlap, [0.09, 0.91], random);
      counts.set(Math.abs(i - j), (counts.get(Math.abs(i - j)) ?? 0) + 1);
    }
    for (let apart = 1; apart < VIEWS; apart++) expect(counts.get(apart)! / 600).toBeCloseTo(1, 0);
  });

  test("uses both directions and all equally good pairs", () => {
    const random = seededRandom("choosePair directions");
    const seen = new Set(Array.from({ length: 300 }, () => choosePair(overlap, [0.8, 0.9], random).join("-")));
    expect(seen.size).toBe(2 * (VIEWS - 1));
  });
});

describe("colorJitter", () => {
  const strength = { brightness: 0.5, contrast: 0.5, saturation: 0.5, hue: 0.1 };
  const photo = () => Float32Array.from({ length: 300 }, (_, i) => ((i * 37) % 101) / 100);

  test("stays within 0 and 1 and is the same for the same random numbers", () => {
    const [a, b] = [photo(), photo()];
    colorJitter(a, strength, seededRandom("jitter"));
    colorJitter(b, strength, seededRandom("jitter"));
    expect(a).toEqual(b);
    expect(a).not.toEqual(photo());
    expect(Math.min(...a)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...a)).toBeLessThanOrEqual(1);
  });

  test("without strength it changes nothing", () => {
    const a = photo();
    colorJitter(a, { brightness: 0, contrast: 0, saturation: 0, hue: 0 }, seededRandom("none"));
    for (const [i, value] of a.entries()) expect(value).toBeCloseTo(photo()[i]!, 5);
  });

  test("a turn of the hue leaves grays gray", () => {
    const gray = Float32Array.of(0.2, 0.2, 0.2, 0.7, 0.7, 0.7);
    colorJitter(gray, { brightness: 0, contrast: 0, saturation: 0, hue: 0.5 }, seededRandom("gray"));
    for (const [i, value] of gray.entries()) expect(value).toBeCloseTo(i < 3 ? 0.2 : 0.7, 5);
  });
});

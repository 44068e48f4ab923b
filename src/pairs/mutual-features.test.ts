import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { countMutualFeatures } from "./mutual-features.ts";

const DIM = 16;

function features(seed: string, tokens: number): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: tokens * DIM }, () => random() - 0.5);
}

test("a photo's tokens in another order and brightness all match", () => {
  const one = features("photo", 24);
  const turned = new Float32Array(one.length);
  for (let row = 0; row < 24; row++) {
    const from = ((7 * row) % 24) * DIM;
    turned.set(
      one.subarray(from, from + DIM).map((value) => 3 * value),
      row * DIM,
    );
  }
  expect(countMutualFeatures(one, turned, { dim: DIM, least: 0.999 })).toBe(24);
});

test("many tokens that all resemble the same one are one match", () => {
  const one = features("photo", 1);
  const crowd = new Float32Array(20 * DIM);
  for (let row = 0; row < 20; row++) crowd.set(one, row * DIM);
  expect(countMutualFeatures(crowd, one, { dim: DIM, least: 0.5 })).toBe(1);
});

test("the order of the photos does not matter, and a higher bar leaves fewer", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 30 }), (n, m) => {
      const [one, other] = [features(`a ${n}`, n), features(`b ${m}`, m)];
      const all = countMutualFeatures(one, other, { dim: DIM, least: -1 });
      expect(countMutualFeatures(other, one, { dim: DIM, least: -1 })).toBe(all);
      expect(countMutualFeatures(one, other, { dim: DIM, least: 0.3 })).toBeLessThanOrEqual(all);
      expect(all).toBeLessThanOrEqual(Math.min(n, m));
      expect(all > 0).toBe(Math.min(n, m) > 0);
    }),
    { numRuns: 40 },
  );
});

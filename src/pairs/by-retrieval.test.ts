import fc from "fast-check";
import { expect, test } from "vitest";
import { pairsByRetrieval } from "./by-retrieval.ts";
import { similarities } from "./descriptor-similarity.ts";

const DIM = 4;
const descriptor = fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: DIM, maxLength: DIM });
const descriptors = fc
  .array(descriptor, { minLength: 2, maxLength: 12 })
  .map((values) => values.map((value) => Float32Array.from(value)));

test("each image has its most alike as partners, no pair comes twice, the most alike come first", () => {
  fc.assert(
    fc.property(descriptors, fc.integer({ min: 1, max: 4 }), (images, partners) => {
      const count = images.length;
      const pairs = pairsByRetrieval(images, partners);
      const similarity = similarities(images, images);
      for (let i = 0; i < count; i++) {
        const own = pairs.flatMap(({ first, second, score }) => (first === i || second === i ? [score] : []));
        const all = Array.from(similarity.subarray(i * count, (i + 1) * count)).filter((_, j) => j !== i);
        const best = all.sort((a, b) => b - a).slice(0, partners);
        expect(own.length).toBeGreaterThanOrEqual(best.length);
        const held = own.sort((a, b) => b - a);
        best.forEach((score, k) => {
          expect(held[k]).toBeCloseTo(score, 5);
        });
      }
      expect(new Set(pairs.map(({ first, second }) => `${first} ${second}`)).size).toBe(pairs.length);
      expect(pairs.every(({ first, second }) => first < second)).toBe(true);
      expect(pairs.map(({ score }) => score)).toEqual(pairs.map(({ score }) => score).sort((a, b) => b - a));
    }),
  );
});

test("all images are connected, even where each has one partner", () => {
  fc.assert(
    fc.property(descriptors, (images) => {
      const group = images.map((_, i) => i);
      const merges = pairsByRetrieval(images, 1).filter(({ first, second }) => {
        const [a, b] = [group[first]!, group[second]!];
        for (const [i, value] of group.entries()) if (value === b) group[i] = a;
        return a !== b;
      });
      expect(merges).toHaveLength(images.length - 1);
    }),
  );
});

test("two places are joined by their most alike photos", () => {
  const at = (x: number, y: number) => Float32Array.of(5 + x, 5 + y);
  const images = [at(1, 0.1), at(1, 0.2), at(-1, 0.3), at(-1, 0.9)];
  const pairs = pairsByRetrieval(images, 1).map(({ first, second }) => [first, second]);
  expect(pairs).toHaveLength(3);
  expect(pairs).toContainEqual([0, 1]);
  expect(pairs).toContainEqual([2, 3]);
  expect(pairsByRetrieval([at(0, 0)], 20)).toEqual([]);
  expect(pairsByRetrieval([], 20)).toEqual([]);
});

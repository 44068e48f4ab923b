import fc from "fast-check";
import { expect, test } from "vitest";
import { median } from "./statistics.ts";

test("the median is what sorting finds, among ties and infinities too", () => {
  const value = fc.oneof(fc.integer({ min: 0, max: 5 }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 60 }), (values) => {
      const sorted = values.toSorted((a, b) => a - b);
      const half = values.length >> 1;
      const expected = values.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
      // Whether zero is negative is not asked.
      expect(median(values)! + 0).toBe(expected + 0);
    }),
  );
});

test("the median of nothing is null, and millions of values take no time", () => {
  expect(median([])).toBeNull();
  const many = Float32Array.from({ length: 3_000_001 }, (_, i) => (i * 7919) % 3_000_001);
  expect(median(many)).toBe(1_500_000);
  expect(median(many.fill(2))).toBe(2);
});

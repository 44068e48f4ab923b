import fc from "fast-check";
import { expect, test } from "vitest";
import { upperMedian } from "./upper-median.ts";

test("is what sorting brings to the middle, and leaves the values as they were", () => {
  const value = fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 1 }), (values) => {
      const given = [...values];
      const sorted = values.toSorted((a, b) => a - b);
      // Zero has two signs, of which order knows nothing.
      expect(upperMedian(values)! + 0).toBe(sorted[values.length >> 1]! + 0);
      expect(values).toEqual(given);
    }),
  );
  expect(upperMedian([])).toBeUndefined();
});

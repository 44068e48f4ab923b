import fc from "fast-check";
import { expect, test } from "vitest";
import { quantizeWeight, roundingShift } from "./quantize-weight.ts";

/** Weights `[out, in]` as their 8 bits have them. */
function restored(weight: Float32Array, out: number): number[] {
  const { values, scales } = quantizeWeight(weight, out)!;
  const features = weight.length / out;
  return Array.from(
    weight,
    (_, k) => values[(k % features) * out + Math.floor(k / features)]! * scales[Math.floor(k / features)]!,
  );
}

test("every number is within half a level of its own output", () => {
  const numbers = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -1000, max: 1000 }), {
    minLength: 12,
    maxLength: 12,
  });
  fc.assert(
    fc.property(numbers, (list) => {
      const weight = Float32Array.from(list);
      for (const [k, value] of restored(weight, 3).entries()) {
        const row = weight.subarray(4 * Math.floor(k / 4), 4 * Math.floor(k / 4) + 4);
        const level = Math.max(...row.map(Math.abs)) / 127;
        expect(Math.abs(value - weight[k]!)).toBeLessThanOrEqual(level * 0.5001 + 1e-37);
      }
    }),
  );
});

test("an outlier of a thousand times the median costs its own output alone", () => {
  const weight = Float32Array.from({ length: 64 }, (_, k) => Math.sin(k) / 10);
  const plain = restored(weight, 4);
  weight[5] = 100;
  const withOutlier = restored(weight, 4);
  expect(withOutlier.slice(16)).toEqual(plain.slice(16));
  expect(withOutlier[5]).toBeCloseTo(100, 4);
});

test("outputs whose weights are all zero stay zero", () => {
  const weight = Float32Array.of(0, 0, 0, 1, -2, 3);
  expect(restored(weight, 2).slice(0, 3)).toEqual([0, 0, 0]);
  expect(quantizeWeight(weight, 2)!.scales.every((scale) => scale > 0)).toBe(true);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("%d has no 8 bits", (bad) => {
  expect(quantizeWeight(Float32Array.of(1, 2, bad, 3), 2)).toBeUndefined();
});

test("columns are rounded for themselves, and what that takes from an output is what is missing at the mean", () => {
  const weight = Float32Array.of(0.011, 0.02, 100, -0.013, 0.03, 50);
  const parts = [quantizeWeight(weight, 2, 0, 2)!, quantizeWeight(weight, 2, 2, 3)!];
  expect(parts.map(({ values }) => values.length)).toEqual([4, 2]);
  // Beside 100 they would be zero.
  expect(parts[0]!.values[0]! * parts[0]!.scales[0]!).toBeCloseTo(0.011, 4);
  const mean = Float32Array.of(3, -2, 1);
  const rounded = (o: number) =>
    parts[0]!.scales[o]! * (3 * parts[0]!.values[o]! - 2 * parts[0]!.values[2 + o]!) +
    parts[1]!.scales[o]! * parts[1]!.values[o]!;
  const shift = roundingShift(weight, parts, mean);
  expect(rounded(0) + shift[0]!).toBeCloseTo(3 * 0.011 - 2 * 0.02 + 100, 6);
  expect(rounded(1) + shift[1]!).toBeCloseTo(3 * -0.013 - 2 * 0.03 + 50, 6);
});

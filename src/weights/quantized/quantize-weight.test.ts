import fc from "fast-check";
import { expect, test } from "vitest";
import { quantizeWeight } from "./quantize-weight.ts";

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

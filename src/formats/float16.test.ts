import fc from "fast-check";
import { expect, test } from "vitest";
import { narrowToBfloat16, narrowToHalf, widenBfloat16, widenHalf } from "./float16.ts";

const ALL_BITS = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

function firstDifference(actual: Uint16Array, expected: Uint16Array): number {
  expect(actual).toHaveLength(expected.length);
  return actual.findIndex((bits, index) => bits !== expected[index]);
}

test("known halves", () => {
  const bits = Uint16Array.of(0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x3555, 0x7c00, 0xfc00);
  const values = [0, -0, 1, -2, 65504, 2 ** -24, 2 ** -14, 0.333251953125, Infinity, -Infinity];
  expect([...widenHalf(bits)]).toEqual(values);
  expect([...narrowToHalf(values)]).toEqual([...bits]);
});

test("every half that is a number survives widening and narrowing", () => {
  const numbers = ALL_BITS.filter((bits) => (bits & 0x7fff) <= 0x7c00);
  expect(firstDifference(narrowToHalf(widenHalf(numbers)), numbers)).toBe(-1);
  expect(widenHalf(narrowToHalf([Number.NaN]))[0]).toBeNaN();
});

test("every bfloat16 that is a number survives widening and narrowing", () => {
  const numbers = ALL_BITS.filter((bits) => (bits & 0x7fff) <= 0x7f80);
  expect(firstDifference(narrowToBfloat16(widenBfloat16(numbers)), numbers)).toBe(-1);
  expect(widenBfloat16(narrowToBfloat16([Number.NaN]))[0]).toBeNaN();
});

test("narrowing takes the nearest number, of two equally near the even one", () => {
  const float = fc.float({ noNaN: true, min: -65519, max: 65519 });
  fc.assert(
    fc.property(float, (value) => {
      const [bits = 0] = narrowToHalf([value]);
      const [below = 0, nearest = 0, above = 0] = widenHalf(
        Uint16Array.of(Math.max(0, (bits & 0x7fff) - 1) | (bits & 0x8000), bits, bits + 1),
      );
      const error = Math.abs(nearest - value);
      for (const other of [below, above]) {
        if (other === nearest) continue;
        expect(error).toBeLessThanOrEqual(Math.abs(other - value));
        if (error === Math.abs(other - value)) expect(bits & 1).toBe(0);
      }
    }),
  );
  expect(narrowToHalf([65519, 65520])).toEqual(Uint16Array.of(0x7bff, 0x7c00));
  expect(narrowToBfloat16([1 + 2 ** -8, 1 + 3 * 2 ** -8])).toEqual(Uint16Array.of(0x3f80, 0x3f82));
});

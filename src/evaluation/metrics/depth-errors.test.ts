import fc from "fast-check";
import { expect, test } from "vitest";
import { type DepthMap, depthErrors } from "./depth-errors.ts";

const map = (width: number, ...depth: number[]): DepthMap => {
  return { width, height: depth.length / width, depth: Float32Array.from(depth) };
};

test("by hand: two measured pixels of four, one of them without a prediction", () => {
  const errors = depthErrors(map(2, 1, 0, 4, 0), map(2, 3, 9, 0, 9))!;
  expect(errors).toEqual({ absRel: 0, delta125: 0.5, delta103: 0.5, coverage: 0.5, scale: 1 / 3 });
});

test("by hand: three pixels after scaling by the medians", () => {
  const errors = depthErrors(map(3, 1, 2, 4), map(3, 2, 4, 10))!;
  expect(errors.scale).toBe(0.5);
  expect(errors.absRel).toBeCloseTo((0 + 0 + 1 / 4) / 3, 12);
  expect(errors.delta125).toBeCloseTo(2 / 3, 12);
});

test("a prediction of another size is read at the nearest pixel", () => {
  const errors = depthErrors(map(4, 1, 1, 2, 2), map(2, 1, 2))!;
  expect(errors).toMatchObject({ absRel: 0, coverage: 1 });
  expect(depthErrors(map(2, 1, 2), map(1, 5))!.absRel).toBeCloseTo((0.5 + 0.25) / 2, 12);
});

test("scaled as asked, within a range as asked", () => {
  expect(depthErrors(map(2, 1, 100), map(2, 2, 3), { scale: 1, range: [0, 80] })).toMatchObject({
    absRel: 1,
    coverage: 1,
    scale: 1,
  });
});

test("nothing measured, or nothing predicted: no errors", () => {
  expect(depthErrors(map(2, 0, 0), map(2, 1, 1))).toBeUndefined();
  expect(depthErrors(map(2, 1, 2), map(2, Number.NaN, 0))).toBeUndefined();
});

test("the scale of the prediction does not count", () => {
  const depths = fc.array(fc.double({ min: 0.5, max: 50, noNaN: true }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(depths, depths, fc.integer({ min: -4, max: 4 }), (truth, found, power) => {
      const [a, b] = [found, found.map((z) => z * 2 ** power)].map((z) => depthErrors(map(4, ...truth), map(4, ...z))!);
      expect(b!.absRel).toBeCloseTo(a!.absRel, 10);
      expect(b!.delta125).toBe(a!.delta125);
    }),
  );
});

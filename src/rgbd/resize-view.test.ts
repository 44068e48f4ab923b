import fc from "fast-check";
import { expect, test } from "vitest";
import { planeView } from "../../test/plane-view.ts";
import { reprojectedColors } from "./reprojected-colors.ts";
import { coveringSize, fittingSize, resizeView } from "./resize-view.ts";

const size = fc.record({ width: fc.integer({ min: 20, max: 90 }), height: fc.integer({ min: 20, max: 90 }) });

test("whatever the size, the view still shows the same through the same rays", () => {
  fc.assert(
    fc.property(size, fc.nat(20), (to, index) => {
      const view = planeView(index);
      const resized = resizeView(view, to);
      expect(resized).toMatchObject(to);
      const { seen, known, difference } = reprojectedColors(resized, view);
      expect(known).toBe(to.width * to.height);
      expect(seen).toBeGreaterThan(0.9 * known);
      expect(difference).toBeLessThan(6);
    }),
    { numRuns: 20 },
  );
});

test("covering is just enough on one side and enough on the other; fitting likewise, and never enlarges", () => {
  const least = { width: 50, height: 40 };
  fc.assert(
    fc.property(size, (view) => {
      const covering = coveringSize(view, least);
      const [long, short] = [Math.max(covering.width, covering.height), Math.min(covering.width, covering.height)];
      expect(long >= 50 && short >= 40 && (long === 50 || short === 40)).toBe(true);
      const fitting = fittingSize(view, least);
      expect(Math.max(fitting.width, fitting.height)).toBeLessThanOrEqual(50);
      expect(Math.min(fitting.width, fitting.height)).toBeLessThanOrEqual(40);
      expect(fitting.width).toBeLessThanOrEqual(view.width);
    }),
  );
  expect(fittingSize({ width: 30, height: 20 }, least)).toEqual({ width: 30, height: 20 });
  expect(fittingSize({ width: 60, height: 100 }, least)).toEqual({ width: 30, height: 50 });
});

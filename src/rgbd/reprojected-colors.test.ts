import fc from "fast-check";
import { expect, test } from "vitest";
import { planeView } from "../../test/plane-view.ts";
import { reprojectedColors } from "./reprojected-colors.ts";

test("a view of itself is the view", () => {
  const view = planeView(1);
  expect(reprojectedColors(view, view)).toEqual({ rgb: view.rgb, known: 64 * 48, seen: 64 * 48, difference: 0 });
});

test("through right depth and cameras, another view's colors look like the first's; through wrong ones they do not", () => {
  fc.assert(
    fc.property(fc.nat(50), fc.integer({ min: 1, max: 50 }), (i, step) => {
      const [first, second] = [planeView(i), planeView(i + step)];
      const right = reprojectedColors(first, second);
      expect(right.seen).toBeGreaterThan(0.3 * right.known);
      // Nearest pixels of a smooth texture.
      expect(right.difference).toBeLessThan(5);
      const moved = Float64Array.from(second.worldFromCam);
      moved[3]! += 0.8;
      const wrong = reprojectedColors(first, { ...second, worldFromCam: moved, depth: second.depth.map(() => 0) });
      expect(wrong.difference).toBeGreaterThan(3 * right.difference);
    }),
    { numRuns: 30 },
  );
});

test("what the second view's depth contradicts is not seen; what it does not know is", () => {
  const view = planeView(1);
  const near = { ...view, depth: view.depth.map((z) => 0.5 * z) };
  expect(reprojectedColors(view, near)).toMatchObject({ seen: 0, difference: Number.NaN });
  const unknown = { ...view, depth: view.depth.map(() => 0) };
  expect(reprojectedColors(view, unknown).seen).toBe(64 * 48);
  expect(reprojectedColors(unknown, view)).toMatchObject({ known: 0, seen: 0 });
});

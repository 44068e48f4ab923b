import { expect } from "vitest";
import type { RgbdView } from "../src/rgbd/rgbd-view.ts";

/** The view that was read is the one that was written, but for what formats round. */
export function expectView(found: RgbdView, written: RgbdView, depthError = 6e-4): void {
  expect([found.width, found.height]).toEqual([written.width, written.height]);
  const largest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
  expect(largest(found.depth, written.depth)).toBeLessThan(depthError);
  expect(largest(found.rgb, written.rgb)).toBeLessThan(12);
  expect(largest(found.worldFromCam, written.worldFromCam)).toBeLessThan(1e-5);
  for (const key of ["fx", "fy", "cx", "cy"] as const) {
    expect(found.intrinsics[key]).toBeCloseTo(written.intrinsics[key], 4);
  }
}

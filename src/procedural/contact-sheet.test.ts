import { decode } from "fast-png";
import { expect, test } from "vitest";
import type { RgbdScene, RgbdView } from "../rgbd/rgbd-view.ts";
import { contactSheet } from "./contact-sheet.ts";

function view(depth: readonly number[], gray: number): RgbdView {
  return {
    width: 2,
    height: 1,
    rgb: new Uint8Array(6).fill(gray),
    depth: Float32Array.from(depth),
    intrinsics: { fx: 1, fy: 1, cx: 0.5, cy: 0 },
    worldFromCam: new Float64Array(16),
  };
}

test("pictures stand above their depth; near is yellow, far is violet, nothing is black", () => {
  const scene: RgbdScene = {
    views: [view([1, 0], 200), view([8, 1], 90)],
    overlap: new Float32Array(4),
  };
  const { width, height, data } = decode(contactSheet([scene, scene]));
  expect([width, height]).toEqual([8, 12]);
  const pixel = (x: number, y: number): number[] =>
    Array.from(data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3));
  for (const top of [0, 6]) {
    expect(pixel(0, top)).toEqual([200, 200, 200]);
    expect(pixel(4, top)).toEqual([90, 90, 90]);
    expect(pixel(1, top + 1)).toEqual([0, 0, 0]);
    expect(pixel(4, top + 1)).toEqual([13, 8, 135]);
    const [red, green, blue] = pixel(0, top + 1) as [number, number, number];
    expect(Math.min(red, green)).toBeGreaterThan(200);
    expect(blue).toBeLessThan(60);
    expect(pixel(5, top + 1)).toEqual([red, green, blue]);
  }
});

test("no scenes, no sheet", () => {
  expect(() => contactSheet([])).toThrow(/at least one scene/);
});

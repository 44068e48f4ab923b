import { expect, test } from "vitest";
import { overlapOf } from "../rgbd/overlap.ts";
import { type GenerateSceneOptions, generateScene } from "./generate-scene.ts";

const SMALL: Partial<GenerateSceneOptions> = { width: 48, height: 36, views: 4, textureSize: 32, shadowSize: 32 };

test("a scene depends on its seed and number alone", () => {
  const bytes = (seed: number, index: number): Buffer => {
    const { views, overlap } = generateScene(seed, index, SMALL);
    const arrays = views.flatMap(({ rgb, depth, worldFromCam }) => [rgb, depth, worldFromCam]);
    return Buffer.concat([overlap, ...arrays].map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)));
  };
  const once = bytes(7, 3);
  expect(bytes(7, 4).equals(once)).toBe(false);
  expect(bytes(8, 3).equals(once)).toBe(false);
  expect(bytes(7, 3).equals(once)).toBe(true);
});

test.each([0, 1, 2, 3, 4, 5, 6, 7])("scene %i: pictures, depth, poses and overlap agree", (index) => {
  const { views, overlap } = generateScene(11, index, SMALL);
  expect(views.length).toBe(4);
  for (const { rgb, depth, intrinsics, worldFromCam } of views) {
    expect(rgb.length).toBe(48 * 36 * 3);
    expect(new Set(rgb).size).toBeGreaterThan(16);
    const valid = depth.filter((z) => z > 0);
    expect(valid.length).toBeGreaterThan(0.3 * depth.length);
    expect(depth.every((z) => Number.isFinite(z) && z >= 0)).toBe(true);
    expect(intrinsics.fx / 48).toBeGreaterThanOrEqual(0.6);
    expect(intrinsics.fx / 48).toBeLessThan(3);
    expect([intrinsics.cx, intrinsics.cy]).toEqual([23.5, 17.5]);
    expect(Array.from(worldFromCam.subarray(12))).toEqual([0, 0, 0, 1]);
  }
  expect(overlap.length).toBe(16);
  expect(overlap.every((share) => share >= 0 && share <= 1)).toBe(true);
  for (let i = 0; i < 4; i++) expect(overlap[5 * i]).toBe(1);
});

test("depth of one view, carried into another, is the depth seen there or behind it", () => {
  // Smooth interiors agree to a fraction of a percent; points in front of what the other view sees would be errors.
  let agreeing = 0;
  let inFront = 0;
  let compared = 0;
  for (let index = 0; index < 10; index++) {
    const { views } = generateScene(21, index, { ...SMALL, width: 96, height: 72, views: 3 });
    for (const a of views) {
      for (const b of views) {
        if (a === b) continue;
        const [m, n] = [a.worldFromCam, b.worldFromCam];
        for (let at = 0; at < a.depth.length; at += 7) {
          const z = a.depth[at]!;
          if (z === 0) continue;
          const ray = [
            ((at % 96) - a.intrinsics.cx) / a.intrinsics.fx,
            (Math.floor(at / 96) - a.intrinsics.cy) / a.intrinsics.fy,
            1,
          ];
          const world = [0, 4, 8].map(
            (row) => z * (m[row]! * ray[0]! + m[row + 1]! * ray[1]! + m[row + 2]!) + m[row + 3]!,
          );
          const [x, y, depth] = [0, 1, 2].map((c) =>
            [0, 1, 2].reduce((sum, row) => sum + n[4 * row + c]! * (world[row]! - n[4 * row + 3]!), 0),
          ) as [number, number, number];
          const u = Math.round(b.intrinsics.cx + (b.intrinsics.fx * x) / depth);
          const v = Math.round(b.intrinsics.cy + (b.intrinsics.fy * y) / depth);
          if (depth <= 0.05 || u < 1 || v < 1 || u > 94 || v > 70) continue;
          const around = [-97, -96, -95, -1, 0, 1, 95, 96, 97].map((step) => b.depth[v * 96 + u + step]!);
          const far = Math.max(...around.map((value) => value || Infinity));
          const near = Math.min(...around.map((value) => value || Infinity));
          compared++;
          if (depth > 0.98 * near && depth < 1.02 * far) agreeing++;
          if (depth < 0.98 * near) inFront++;
        }
      }
    }
  }
  expect(compared).toBeGreaterThan(5000);
  expect(agreeing / compared).toBeGreaterThan(0.4);
  // Thin sticks fall between the pixel centers of the other view.
  expect(inFront / compared).toBeLessThan(0.02);
});

test("overlaps are spread from none to nearly all", () => {
  const overlaps: number[] = [];
  for (let index = 0; index < 12; index++) {
    const { overlap } = generateScene(5, index, { ...SMALL, views: 6 });
    overlaps.push(...overlap.filter((_, at) => at % 7 !== 0));
  }
  const share = (low: number, high: number): number =>
    overlaps.filter((o) => o >= low && o < high).length / overlaps.length;
  expect(share(0, 0.1)).toBeGreaterThan(0.03);
  expect(share(0.1, 0.4)).toBeGreaterThan(0.15);
  expect(share(0.4, 1.01)).toBeGreaterThan(0.15);
});

test("a view overlaps itself fully and one that looks away not at all", () => {
  const { views } = generateScene(11, 0, SMALL);
  const view = views[0]!;
  expect(overlapOf(view, view)).toBe(1);
  const m = view.worldFromCam;
  const turned = Float64Array.from(m, (value, i) => (i < 12 && i % 4 !== 1 && i % 4 !== 3 ? -value : value));
  expect(overlapOf(view, { ...view, worldFromCam: turned })).toBe(0);
});

test("impossible options are named", () => {
  expect(() => generateScene(1, 0, { textureSize: 100 })).toThrow(
    /textureSize: a power of two was expected, found 100/,
  );
  expect(() => generateScene(1, 0, { width: 0 })).toThrow(/width/);
  expect(() => generateScene(1, 0, { views: 2.5 })).toThrow(/views/);
});

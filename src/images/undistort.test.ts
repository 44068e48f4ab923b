import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import type { Lens } from "../core/lens.ts";
import { colmapLens } from "../formats/colmap/distortion.ts";
import type { ColmapCamera } from "../formats/colmap/model.ts";
import { distortRay, pinholeWithin } from "../geometry/lens.ts";
import { undistort } from "./undistort.ts";

const camera = (model: ColmapCamera["model"], params: readonly number[]): ColmapCamera => ({
  id: 1,
  model,
  width: 640,
  height: 480,
  params,
});

test("the models by their formulas, at a ray", () => {
  const [x, y] = [0.3, -0.2];
  const r = x * x + y * y;
  const bent = ({ distortion }: Lens) => distortRay(distortion, x, y);
  const pinhole = colmapLens(camera("PINHOLE", [500, 510, 320.5, 240.5]), "cameras.txt");
  expect(bent(pinhole)).toEqual([x, y]);
  expect(pinhole.intrinsics).toEqual({ fx: 500, fy: 510, cx: 320, cy: 240 });
  expect(bent(colmapLens(camera("SIMPLE_RADIAL", [500, 320, 240, 0.1]), "a"))[0]).toBeCloseTo(x * (1 + 0.1 * r), 12);
  expect(bent(colmapLens(camera("RADIAL", [500, 320, 240, 0.1, -0.2]), "a"))[1]).toBeCloseTo(
    y * (1 + 0.1 * r - 0.2 * r * r),
    12,
  );
  // OpenCV's tangential terms: 2 p1 x y + p2 (r² + 2 x²), and p1 (r² + 2 y²) + 2 p2 x y.
  const tangential = bent(colmapLens(camera("OPENCV", [500, 500, 320, 240, 0, 0, 0.01, 0.02]), "a"));
  expect(tangential[0]).toBeCloseTo(x + 0.02 * x * y + 0.02 * (r + 2 * x * x), 12);
  expect(tangential[1]).toBeCloseTo(y + 0.01 * (r + 2 * y * y) + 0.04 * x * y, 12);
  // A fisheye without coefficients keeps angles: the radius is the angle.
  const fisheye = bent(colmapLens(camera("OPENCV_FISHEYE", [300, 300, 320, 240, 0, 0, 0, 0]), "a"));
  expect(Math.hypot(...fisheye)).toBeCloseTo(Math.atan(Math.sqrt(r)), 12);
});

test("other models are refused by name", () => {
  expect(() => colmapLens(camera("FOV", [1, 1, 1, 1, 1]), "cameras.txt")).toThrow(FormatError);
  expect(() => colmapLens(camera("EQUIRECTANGULAR", [1, 1]), "cameras.txt")).toThrow(
    /cameras\.txt: cameras of the model EQUIRECTANGULAR/,
  );
  expect(() => colmapLens(camera("THIN_PRISM_FISHEYE", []), "cameras.txt")).toThrow(/THIN_PRISM_FISHEYE/);
});

describe("the pinhole camera within a lens' picture", () => {
  const size = { width: 320, height: 240 };

  test("is the lens itself where it does not bend, at the other size", () => {
    const { fx, fy, cx, cy } = pinholeWithin(colmapLens(camera("PINHOLE", [500, 500, 320, 240]), "a"), size);
    expect(fx).toBeCloseTo(250, 4);
    expect(fy).toBeCloseTo(250, 4);
    expect([cx, cy]).toEqual([159.5, 119.5]);
  });

  test("sees nothing beyond it, and a wider one would, whatever the lens", () => {
    fc.assert(
      fc.property(fc.double({ min: -0.15, max: 0.15, noNaN: true }), fc.boolean(), (k, isFisheye) => {
        const lens = isFisheye
          ? colmapLens(camera("OPENCV_FISHEYE", [250, 250, 320, 240, k / 3, 0, 0, 0]), "a")
          : colmapLens(camera("SIMPLE_RADIAL", [600, 320, 240, k]), "a");
        const found = pinholeWithin(lens, size);
        const white = { width: 640, height: 480, rgb: new Uint8Array(3 * 640 * 480).fill(255) };
        const black = (rgb: Uint8Array): number => rgb.reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
        expect(black(undistort(white, lens, size, found).rgb)).toBe(0);
        const wider = { ...found, fx: found.fx * 0.97, fy: found.fy * 0.97 };
        expect(black(undistort(white, lens, size, wider).rgb)).toBeGreaterThan(0);
      }),
      { numRuns: 15 },
    );
  });
});

test("a straight line that the lens bends is straight again", () => {
  const lens = colmapLens(camera("OPENCV_FISHEYE", [250, 250, 320, 240, 0.02, 0, 0, 0]), "a");
  // White where the ray is above y = -0.4 x + 0.1, as the lens sees it; its picture is made from undistorted rays.
  const rgb = new Uint8Array(3 * 640 * 480);
  const steps = 1600;
  for (let i = 0; i < steps; i++) {
    for (let j = 0; j < steps; j++) {
      const [x, y] = [(i / steps - 0.5) * 5, (j / steps - 0.5) * 5];
      const [u, v] = distortRay(lens.distortion, x, y);
      const [px, py] = [Math.round(250 * u + lens.intrinsics.cx), Math.round(250 * v + lens.intrinsics.cy)];
      if (px < 0 || py < 0 || px >= 640 || py >= 480) continue;
      rgb.fill(y < 0.1 - 0.4 * x ? 255 : 1, 3 * (py * 640 + px), 3 * (py * 640 + px) + 3);
    }
  }
  const size = { width: 160, height: 120 };
  const intrinsics = pinholeWithin(lens, size);
  const straight = undistort({ width: 640, height: 480, rgb }, lens, size, intrinsics);
  let wrong = 0;
  for (let i = 0; i < 160 * 120; i++) {
    const [x, y] = [((i % 160) - intrinsics.cx) / intrinsics.fx, (Math.floor(i / 160) - intrinsics.cy) / intrinsics.fy];
    if (straight.rgb[3 * i]! > 128 !== y < 0.1 - 0.4 * x) wrong++;
  }
  // At most a pixel beside the line.
  expect(wrong).toBeLessThan(160);
});

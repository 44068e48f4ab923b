import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expectClose, readGoldens } from "../../test/golden.ts";
import { seededRandom } from "../core/random.ts";
import type { Size } from "../core/view.ts";
import { unprojectDepth } from "../geometry/camera.ts";
import { cropView } from "./crop-view.ts";
import type { RgbdView } from "./rgbd-view.ts";

const golden = readGoldens("crop.safetensors");
const IDENTITY = Float64Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1);

function recorded(name: string): RgbdView {
  const { shape, data } = golden(`${name}.in_img`);
  const [fx, , cx, , fy, cy] = golden(`${name}.in_K`).data as unknown as [number, 0, number, 0, number, number];
  return {
    width: shape[1]!,
    height: shape[0]!,
    rgb: Uint8Array.from(data),
    depth: golden(`${name}.in_depth`).data,
    intrinsics: { fx, fy, cx, cy },
    worldFromCam: IDENTITY,
  };
}

describe("crops of the published loaders", () => {
  test.each(["a", "b_offcentre", "c_portrait", "d_aug16", "e_wide", "f_square224like", "g_up"])("%s", (name) => {
    const [width, height] = golden(`${name}.resolution_wh`).data as unknown as [number, number];
    const spare = golden(`${name}.aug_crop`).data[0]!;
    const random = () => (spare > 1 ? golden(`${name}.aug_draw`).data[0]! / spare : 0.5);
    const view = cropView(recorded(name), { width, height }, { spare, random });
    expect([view.height, view.width]).toEqual(golden(`${name}.out_img`).shape.slice(0, 2));
    expect(view.rgb).toEqual(Uint8Array.from(golden(`${name}.out_img`).data));
    expect(view.depth).toEqual(golden(`${name}.out_depth`).data);
    const { fx, fy, cx, cy } = view.intrinsics;
    expectClose([fx, 0, cx, 0, fy, cy, 0, 0, 1], golden(`${name}.out_K`).data, { absolute: 1e-4, relative: 0 });
  });
});

const side = fc.integer({ min: 30, max: 120 });

test("the points that a cropped view sees are points of the view", () => {
  fc.assert(
    fc.property(side, side, fc.double({ min: -8, max: 8, noNaN: true }), fc.integer(), (width, height, shift, seed) => {
      const random = seededRandom(seed);
      const intrinsics = { fx: 90, fy: 90, cx: width / 2 + shift, cy: height / 2 - shift };
      // A tilted plane, so that depth tells where a pixel came from.
      const depth = Float32Array.from({ length: width * height }, (_, i) => {
        const [x, y] = [(i % width) - intrinsics.cx, Math.floor(i / width) - intrinsics.cy];
        return 2 / (1 + (0.3 * x) / 90 + (0.2 * y) / 90);
      });
      const view = { width, height, rgb: new Uint8Array(3 * depth.length), depth, intrinsics, worldFromCam: IDENTITY };
      const cropped = cropView(view, { width: 32, height: 24 }, { spare: 8, random });
      const points = unprojectDepth(cropped.depth, cropped, cropped.intrinsics);
      let farthest = 0;
      for (let i = 0; i < points.length; i += 3) {
        const [x, y, z] = points.subarray(i, i + 3) as unknown as [number, number, number];
        farthest = Math.max(farthest, Math.abs(z + 0.3 * x + 0.2 * y - 2));
      }
      // Nearest depth is up to a source pixel beside the ray.
      expect(farthest).toBeLessThan((2.5 * (1 + Math.max(width, height) / 24)) / 90);
    }),
    { numRuns: 50 },
  );
});

test.each<[string, Size, Size, Size]>([
  ["landscape stays", { width: 100, height: 70 }, { width: 64, height: 48 }, { width: 64, height: 48 }],
  ["portrait is upright", { width: 70, height: 100 }, { width: 64, height: 48 }, { width: 48, height: 64 }],
])("%s", (_, { width, height }, resolution, expected) => {
  const view: RgbdView = {
    width,
    height,
    rgb: new Uint8Array(3 * width * height),
    depth: new Float32Array(width * height).fill(1),
    intrinsics: { fx: 80, fy: 80, cx: width / 2, cy: height / 2 },
    worldFromCam: IDENTITY,
  };
  expect(cropView(view, resolution, { random: () => 0.9 })).toMatchObject(expected);
  expect(cropView(view, resolution, { random: () => 0.9, orientation: "given" })).toMatchObject(resolution);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readGoldens } from "../../test/golden.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import { unprojectDepth } from "./camera.ts";
import { estimateFocal, type FocalOptions } from "./focal.ts";

const golden = readGoldens("focal.safetensors");

function reference(name: string) {
  const { shape, data: pointmap } = golden(`${name}.pts3d`);
  const [x, y] = golden(`${name}.pp`).data;
  const size = { width: shape[2]!, height: shape[1]! };
  return {
    estimate: (options: FocalOptions) => estimateFocal(pointmap, size, { principalPoint: [x!, y!], ...options }),
    expected: (result: string) => golden(`${name}.${result}`).data[0]!,
  };
}

describe.each(["a", "b", "c", "d"])("reference case %s", (name) => {
  const { estimate, expected } = reference(name);

  test("Weiszfeld", () => {
    expect(estimate({})! / expected("weiszfeld")).toBeCloseTo(1, 6);
  });

  test("bounds", () => {
    expect(estimate({ bounds: [0.5, 3.5] })! / expected("weiszfeld_clip0.5_3.5")).toBeCloseTo(1, 6);
  });
});

test.each(["a", "b", "c"])("reference case %s: median", (name) => {
  const { estimate, expected } = reference(name);
  expect(estimate({ method: "median" })! / expected("median")).toBeCloseTo(1, 6);
});

// In case d the reference lets points of zero depth vote for a focal length of zero.
test("points without depth have no say in the median, which brings it nearer to the truth", () => {
  const { estimate, expected } = reference("d");
  const truth = expected("true_focal");
  expect(Math.abs(estimate({ method: "median" })! - truth)).toBeLessThan(Math.abs(expected("median") - truth));
});

describe("estimateFocal", () => {
  const size = { width: 16, height: 12 };

  test("is exact on exact points, wherever the principal point lies", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const focal = 5 + 40 * random();
        const [cx, cy] = [16 * random(), 12 * random()];
        const depth = Float32Array.from({ length: 192 }, () => 1 + random());
        const pointmap = unprojectDepth(depth, size, { fx: focal, fy: focal, cx, cy });
        for (const method of ["weiszfeld", "median"] as const) {
          expect(estimateFocal(pointmap, size, { method, principalPoint: [cx, cy] })! / focal).toBeCloseTo(1, 5);
        }
      }),
    );
  });

  test("confidence keeps wrong points out", () => {
    const pointmap = unprojectDepth(new Float32Array(192).fill(2), size, { fx: 20, fy: 20, cx: 8, cy: 6 });
    const confidence = new Float32Array(192).fill(50);
    for (let i = 0; i < 96; i++) {
      pointmap[3 * i]! *= 3;
      confidence[i] = 1;
    }
    const error = (options: FocalOptions) => Math.abs(estimateFocal(pointmap, size, options)! - 20);
    expect(error({ confidence })).toBeLessThan(0.05);
    expect(error({})).toBeGreaterThan(1);
  });

  test("points that are not finite or behind the camera are left out", () => {
    const pointmap = unprojectDepth(new Float32Array(192).fill(2), size, { fx: 20, fy: 20, cx: 8, cy: 6 });
    pointmap.set([Number.NaN, 1, 1, 5, 5, -1, Number.POSITIVE_INFINITY, 0, 1, 4, 4, 0]);
    expect(estimateFocal(pointmap, size)).toBeCloseTo(20, 4);
  });

  test.each([
    ["all zero", () => 0],
    ["behind the camera", () => -1],
    ["not a number", () => Number.NaN],
    ["on the axis", (i: number) => (i % 3 === 2 ? 1 : 0)],
  ])("there is none in points that are %s", (_name, value) => {
    const pointmap = Float32Array.from({ length: 3 * 192 }, (_, i) => value(i));
    expect(estimateFocal(pointmap, size)).toBeUndefined();
    expect(estimateFocal(pointmap, size, { method: "median" })).toBeUndefined();
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readGoldens } from "../../test/golden.ts";
import { anyRandom } from "../../test/random-geometry.ts";
import { unprojectDepth } from "./camera.ts";
import { estimateFocal, estimateSharedFocal, type FocalOptions } from "./focal.ts";

const golden = readGoldens("focal.safetensors");

function reference(name: string) {
  const { shape, data: pointmap } = golden(`${name}.pts3d`);
  const [x, y] = golden(`${name}.pp`).data;
  const size = { width: shape[2]!, height: shape[1]!, principalPoint: [x!, y!] } as const;
  return {
    estimate: (options: FocalOptions) => estimateFocal(pointmap, size, options),
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
test("points without depth are left out of the median, which brings it nearer to the truth", () => {
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
          expect(estimateFocal(pointmap, { ...size, principalPoint: [cx, cy] }, { method })! / focal).toBeCloseTo(1, 5);
        }
      }),
    );
  });

  test("confidence keeps wrong points out", () => {
    const pointmap = unprojectDepth(new Float32Array(192).fill(2), size, { fx: 20, fy: 20, cx: 7.5, cy: 5.5 });
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
    const pointmap = unprojectDepth(new Float32Array(192).fill(2), size, { fx: 20, fy: 20, cx: 7.5, cy: 5.5 });
    pointmap.set([Number.NaN, 1, 1, 5, 5, -1, Number.POSITIVE_INFINITY, 0, 1, 4, 4, 0]);
    expect(estimateFocal(pointmap, size)).toBeCloseTo(20, 4);
  });

  test("confidences that are all one change nothing, those that are not positive keep their pixels out", () => {
    const pointmap = unprojectDepth(new Float32Array(192).fill(2), size, { fx: 20, fy: 20, cx: 7.5, cy: 5.5 });
    const noisy = pointmap.map((x, i) => x + 0.1 * Math.sin(i * i));
    expect(estimateFocal(noisy, size, { confidence: new Float32Array(192).fill(1) })).toBe(estimateFocal(noisy, size));
    pointmap.fill(7, 0, 30);
    const confidence = new Float32Array(192).fill(3);
    confidence.set([0, -1, Number.NaN, 0, 0, 0, 0, 0, 0, 0]);
    for (const method of ["weiszfeld", "median"] as const) {
      expect(estimateFocal(pointmap, size, { method, confidence })).toBeCloseTo(20, 4);
    }
  });

  test("bounds hold on both sides", () => {
    const pointmap = unprojectDepth(new Float32Array(192).fill(2), size, { fx: 20, fy: 20, cx: 7.5, cy: 5.5 });
    const unit = 8 * Math.sqrt(3);
    expect(estimateFocal(pointmap, size, { bounds: [2, 3] })).toBeCloseTo(2 * unit, 9);
    expect(estimateFocal(pointmap, size, { bounds: [0.5, 1] })).toBeCloseTo(unit, 9);
    expect(estimateFocal(pointmap, size, { bounds: [1, 2] })).toBeCloseTo(20, 4);
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

describe("estimateSharedFocal", () => {
  const size = { width: 16, height: 12 };
  const view = (focal: number, depth: number) => ({
    size,
    pointmap: unprojectDepth(new Float32Array(192).fill(depth), size, { fx: focal, fy: focal, cx: 7.5, cy: 5.5 }),
  });

  test.each(["weiszfeld", "median"] as const)("most views decide: %s", (method) => {
    const views = [view(20, 1), view(50, 2), view(20, 3), view(20, 4)];
    expect(estimateSharedFocal(views, { method })! / 20).toBeCloseTo(1, 1);
  });

  test("of one view equals that view's own", () => {
    const one = view(33, 2);
    expect(estimateSharedFocal([one])).toBe(estimateFocal(one.pointmap, size));
  });

  test("views without points in front of them are ignored, and without any other there is no focal", () => {
    const behind = view(20, -2);
    expect(estimateSharedFocal([behind, view(25, 2)])).toBeCloseTo(25, 4);
    expect(estimateSharedFocal([behind, behind])).toBeUndefined();
    expect(estimateSharedFocal([])).toBeUndefined();
  });
});

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InputError } from "../core/errors.ts";
import type { Size } from "../core/view.ts";
import { type PlanOptions, planView } from "./plan-view.ts";

interface SizeCase {
  readonly in_wh: readonly [number, number];
  readonly size: number;
  readonly out_hw: readonly [number, number];
}
const golden: { readonly size_table: readonly SizeCase[] } = JSON.parse(
  readFileSync(new URL("../../test/fixtures/preprocess.json", import.meta.url), "utf8"),
);

const sizeOf = (width: number, height: number, options: PlanOptions = {}) => {
  const plan = planView({ width, height }, options);
  return [plan.width, plan.height];
};

/** What a plan shows of the photo: the outer edges of its first and last pixels, in pixels from the photo's edges. */
function shown(original: Size, options: PlanOptions) {
  const plan = planView(original, options);
  const { scaleX, scaleY, offsetX, offsetY } = plan.originalFromNetwork;
  return {
    plan,
    left: offsetX + 0.5 - scaleX / 2,
    top: offsetY + 0.5 - scaleY / 2,
    width: plan.width * scaleX,
    height: plan.height * scaleY,
  };
}

const aspectOf = (width: number, height: number) => Math.max(width / height, height / width);
const photoSide = fc.integer({ min: 32, max: 6000 });
const options = fc.record({
  size: fc.constantFrom(64, 224, 256, 500, 512),
  patchSize: fc.constantFrom(8, 14, 16),
  square: fc.constant(false),
});

describe("planView", () => {
  test.each(golden.size_table.filter(({ out_hw }) => Math.min(...out_hw) > 0))(
    "gives the reference's size for $in_wh at $size",
    ({ in_wh: [width, height], size, out_hw }) => {
      expect(sizeOf(width, height, { size, fit: "reference" })).toEqual([out_hw[1], out_hw[0]]);
    },
  );

  test("keeps a square square and prepares ordinary photos as published", () => {
    expect(sizeOf(1000, 1000)).toEqual([512, 512]);
    expect(sizeOf(4032, 3024)).toEqual([512, 384]);
    expect(sizeOf(1296, 968)).toEqual([512, 368]);
    expect(sizeOf(968, 1296)).toEqual([368, 512]);
    expect(sizeOf(800, 533)).toEqual([512, 336]);
    expect(sizeOf(640, 480, { size: 64, patchSize: 8 })).toEqual([64, 48]);
    expect(sizeOf(640, 480, { size: 224 })).toEqual([224, 224]);
    expect(sizeOf(640, 480, { size: 224, square: false })).toEqual([224, 160]);
  });

  test("gives a very long photo at least a patch along its short side", () => {
    expect(sizeOf(17, 600)).toEqual([16, 560]);
    expect(sizeOf(3000, 30)).toEqual([1600, 16]);
    expect(sizeOf(2400, 200)).toEqual([576, 48]);
  });

  test("shows only what the photo has, hardly distorted, in multiples of a patch, at no more than a square's cost", () => {
    fc.assert(
      fc.property(photoSide, photoSide, options, (width, height, settings) => {
        fc.pre(aspectOf(width, height) < 16);
        const { plan, ...part } = shown({ width, height }, settings);
        const { patchSize, size } = settings;
        const { scaleX, scaleY } = plan.originalFromNetwork;
        expect(Math.abs(scaleX / scaleY - 1)).toBeLessThanOrEqual(0.01);
        expect([plan.width % patchSize, plan.height % patchSize]).toEqual([0, 0]);
        expect(plan.width * plan.height).toBeLessThanOrEqual(size ** 2);
        expect(Math.min(part.left, part.top)).toBeGreaterThan(-1e-6);
        expect(part.left + part.width).toBeLessThan(width + 1e-6);
        expect(part.top + part.height).toBeLessThan(height + 1e-6);
      }),
    );
  });

  test("loses at most a tenth of a photo, or half of a patch's share", () => {
    fc.assert(
      fc.property(photoSide, photoSide, options, (width, height, settings) => {
        fc.pre(aspectOf(width, height) < 16);
        const { plan, ...part } = shown({ width, height }, settings);
        const rounded = (aspectOf(width, height) > 4 ? Math.max : Math.min)(plan.width, plan.height);
        const patches = rounded / settings.patchSize;
        const kept = (part.width * part.height) / (width * height);
        // The worst shape is the geometric mean between one patch less and this many.
        expect(kept).toBeGreaterThan(Math.min(0.9, Math.sqrt((patches - 1) / patches)) - 1e-9);
      }),
    );
  });

  test("never leaves the photo with the reference's sizes either", () => {
    fc.assert(
      fc.property(photoSide, photoSide, (width, height) => {
        fc.pre(aspectOf(width, height) < 16);
        const part = shown({ width, height }, { fit: "reference" });
        expect(Math.min(part.left, part.top)).toBeGreaterThan(-1e-6);
        expect(part.left + part.width).toBeLessThan(width + 1e-6);
        expect(part.top + part.height).toBeLessThan(height + 1e-6);
      }),
    );
  });

  test.each<[string, Size, PlanOptions]>([
    ["too small: 1x1, at least 16x16 pixels are expected", { width: 1, height: 1 }, {}],
    ["too small: 2000x9, at least 16x16", { width: 2000, height: 9 }, { fit: "reference" }],
    ["too thin: 17x600 leaves nothing at size 512", { width: 17, height: 600 }, { fit: "reference" }],
    ["too thin: 8x9000", { width: 8, height: 9000 }, { size: 64, patchSize: 8 }],
    ["size 8: an integer of at least 16", { width: 640, height: 480 }, { size: 8 }],
    ["size 40.5: an integer", { width: 640, height: 480 }, { size: 40.5 }],
    ["size 200: a multiple of the network's patch, 16", { width: 640, height: 480 }, { size: 200, square: true }],
  ])("refuses: %s", (problem, original, settings) => {
    expect(() => planView(original, settings)).toThrow(InputError);
    expect(() => planView(original, settings)).toThrow(problem);
  });
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Size } from "../core/view.ts";
import { planView } from "./plan-view.ts";
import { resample } from "./resample.ts";

function paint({ width, height }: Size, color: (x: number, y: number) => readonly [number, number, number]) {
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rgb.set(color(x, y), (y * width + x) * 3);
  }
  return { width, height, rgb };
}

const side = fc.integer({ min: 32, max: 240 });
const fit = fc.constantFrom("keep" as const, "reference" as const);

describe("resample", () => {
  test("puts every original pixel where the mapping says", () => {
    fc.assert(
      fc.property(side, side, fit, (width, height, kind) => {
        const plan = planView({ width, height }, { size: 64, patchSize: 8, fit: kind });
        const { scaleX, scaleY, offsetX, offsetY } = plan.originalFromNetwork;
        const coordinates = paint({ width, height }, (x, y) => [x, y, 0]);
        const result = resample(coordinates, plan, plan.originalFromNetwork);
        // Near the photo's edge the kernel is one-sided, so a ramp bends there.
        const [marginX, marginY] = [3 * Math.max(scaleX, 1), 3 * Math.max(scaleY, 1)];
        let largest = 0;
        for (let y = 0; y < plan.height; y++) {
          for (let x = 0; x < plan.width; x++) {
            const [u, v] = [scaleX * x + offsetX, scaleY * y + offsetY];
            if (u < marginX || v < marginY || u > width - marginX || v > height - marginY) continue;
            const at = (y * plan.width + x) * 3;
            largest = Math.max(largest, Math.abs(result[at]! - u), Math.abs(result[at + 1]! - v));
          }
        }
        expect(largest).toBeLessThan(1.01);
      }),
      { numRuns: 30 },
    );
  });

  test("keeps a flat color, to the edges", () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: 0, max: 255 }), (width, height, value) => {
        const plan = planView({ width, height }, { size: 48 });
        const flat = paint({ width, height }, () => [value, 255 - value, 255]);
        const result = resample(flat, plan, plan.originalFromNetwork);
        const wrong = result.findIndex((byte, i) => byte !== [value, 255 - value, 255][i % 3]);
        expect(wrong).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  test("copies a photo that has the network's size", () => {
    const photo = paint({ width: 64, height: 48 }, (x, y) => [(x * 37) % 256, (y * 91) % 256, (x * y) % 256]);
    const plan = planView(photo, { size: 64 });
    expect(resample(photo, plan, plan.originalFromNetwork)).toEqual(photo.rgb);
  });
});

import { expect, test } from "vitest";
import { grayOf } from "./gray-picture.ts";
import { sharpness } from "./sharpness.ts";

test("sharpness tells fine detail from a smooth ramp", () => {
  const image = (value: (x: number, y: number) => number) => {
    const data = new Uint8ClampedArray(4 * 16 * 16);
    for (let i = 0; i < 256; i++) data.fill(value(i % 16, i >> 4), 4 * i, 4 * i + 4);
    return grayOf({ width: 16, height: 16, data });
  };
  expect(sharpness(image((x) => 10 * x))).toBeLessThan(1e-6);
  expect(sharpness(image((x, y) => 255 * ((x + y) % 2)))).toBeGreaterThan(1e5);
});

import { expect, test } from "vitest";
import { sceneSize } from "./scene-size.ts";

const shapes = { width: 96, height: 72, otherHeights: [96, 32], portrait: 0.25 };
const sizes = Array.from({ length: 4000 }, (_, index) => sceneSize(3, index, shapes));

test("every height comes equally often and upright as often as asked, whatever the height", () => {
  for (const height of [72, 96, 32]) {
    const own = sizes.filter((size) => Math.min(size.width, size.height) === height);
    expect(own.every((size) => Math.max(size.width, size.height) === 96)).toBe(true);
    expect(Math.abs(own.length / 4000 - 1 / 3)).toBeLessThan(0.03);
    if (height === 96) continue;
    const upright = own.filter((size) => size.height > size.width).length / own.length;
    expect(Math.abs(upright - 0.25)).toBeLessThan(0.04);
  }
});

test("a scene's size depends on seed and number alone", () => {
  expect(sceneSize(3, 1234, shapes)).toEqual(sizes[1234]);
  expect(sizes.some((size, index) => sceneSize(4, index, shapes).height !== size.height)).toBe(true);
});

import { expect, test } from "vitest";
import { pictureTexture, textureNumber, textureOf } from "./texture.ts";
import { PATTERNS } from "./texture-pattern.ts";

test.each(PATTERNS.map((_, id) => id))("pattern %i is not flat, and its mip levels keep the mean", (id) => {
  const { levels, size } = textureOf(id, 64);
  expect(levels.map((level) => level.length)).toEqual([64, 32, 16, 8, 4, 2, 1].map((side) => 4 * side * side));
  const mean = (level: Uint8Array, channel: number): number =>
    level.filter((_, i) => i % 4 === channel).reduce((sum, value) => sum + value, 0) / (level.length / 4);
  for (const channel of [0, 1, 2]) {
    expect(Math.abs(mean(levels[0]!, channel) - mean(levels[size === 64 ? 4 : 0]!, channel))).toBeLessThan(3);
  }
  expect(new Set(levels[0]!).size).toBeGreaterThan(4);
});

test("a texture looks the same at twice the size", () => {
  const id = textureNumber("cells", 1);
  const [coarse, fine] = [textureOf(id, 64).levels[0]!, textureOf(id, 128).levels[1]!];
  const difference = coarse.reduce((sum, value, i) => sum + Math.abs(value - fine[i]!), 0) / (0.75 * coarse.length);
  expect(difference).toBeLessThan(20);
});

test("patterns repeat without a seam", () => {
  const { levels, size } = textureOf(textureNumber("noise", 0), 64);
  const texels = levels[0]!;
  const step = (x0: number, x1: number): number => {
    let sum = 0;
    for (let y = 0; y < size; y++) sum += Math.abs(texels[4 * (y * size + x0)]! - texels[4 * (y * size + x1)]!);
    return sum / size;
  };
  const inner = Array.from({ length: size - 1 }, (_, x) => step(x, x + 1));
  expect(step(size - 1, 0)).toBeLessThan(1.5 * Math.max(...inner));
});

test("a picture becomes linear light, whole or mirrored at its edges", () => {
  // Black on the left, mid gray (0.216 of the light) on the right.
  const rgb = Uint8Array.from({ length: 3 * 6 * 4 }, (_, i) => (Math.floor(i / 3) % 6 < 3 ? 0 : 128));
  const picture = { width: 6, height: 4, rgb };
  const row = (repeats: boolean): number[] => {
    const { levels } = pictureTexture(picture, 4, repeats);
    return [0, 1, 2, 3].map((x) => levels[0]![4 * (2 * 4 + x)]!);
  };
  expect(row(false)).toEqual([0, 0, 55, 55]);
  expect(row(true)).toEqual([0, 55, 55, 0]);
  const last = pictureTexture(picture, 4, false).levels.at(-1)!;
  expect(Math.abs(last[0]! - 27.5)).toBeLessThanOrEqual(1);
});

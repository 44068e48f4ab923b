import { expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { jpegArtifacts } from "./jpeg-artifacts.ts";
import { CLEAN_PHOTO, photograph } from "./photograph.ts";

const size = { width: 32, height: 24 };
const plain = { ...CLEAN_PHOTO, noise: 0, vignetting: 0, contrast: 1, saturation: 1 };
const flat = (value: number): Float32Array => new Float32Array(3 * 32 * 24).fill(value);

test("the exposure brings any flat gray to the key's sRGB value", () => {
  const expected = Math.round(255 * (1.055 * 0.3 ** (1 / 2.4) - 0.055));
  for (const value of [0.001, 0.2, 50]) {
    const rgb = photograph(flat(value), size, { ...plain, key: 0.3 }, seededRandom("flat"));
    expect(Math.abs(rgb[0]! - expected)).toBeLessThanOrEqual(1);
    expect(new Set(rgb).size).toBe(1);
  }
});

test("vignetting darkens corners, blur keeps the mean, white balance tints", () => {
  const corner = photograph(flat(1), size, { ...plain, vignetting: 0.4 }, seededRandom("v"));
  const center = 3 * (12 * 32 + 16);
  expect(corner[0]!).toBeLessThan(corner[center]! - 15);
  const warm = photograph(flat(1), size, { ...plain, whiteBalance: [1.3, 1, 0.8] }, seededRandom("w"));
  expect(warm[0]!).toBeGreaterThan(warm[1]!);
  expect(warm[1]!).toBeGreaterThan(warm[2]!);
  const step = flat(0.1).map((value, i) => (Math.floor(i / 3) % 32 < 16 ? value : 0.5));
  const sharp = photograph(step, size, plain, seededRandom("s"));
  const soft = photograph(step, size, { ...plain, blur: 1.5 }, seededRandom("s"));
  const jump = (rgb: Uint8Array): number => Math.abs(rgb[3 * 15]! - rgb[3 * 16]!);
  expect(jump(soft)).toBeLessThan(0.5 * jump(sharp));
});

test("compression leaves flat blocks alone and harms more at lower quality", () => {
  const gray = new Uint8Array(3 * 32 * 24).fill(128);
  jpegArtifacts(gray, size, 90);
  expect(Math.max(...gray) - Math.min(...gray)).toBeLessThanOrEqual(1);
  const random = seededRandom("texture");
  const original = Uint8Array.from({ length: 3 * 32 * 24 }, () => 40 + 170 * random());
  const [low, middle, high] = [15, 50, 92].map((quality) => {
    const copy = original.slice();
    jpegArtifacts(copy, size, quality);
    return copy.reduce((sum, value, i) => sum + Math.abs(value - original[i]!), 0) / copy.length;
  });
  expect(high!).toBeLessThan(middle!);
  expect(middle!).toBeLessThan(low!);
  expect(high!).toBeLessThan(4);
});

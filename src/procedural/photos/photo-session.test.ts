import { expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { photoSession } from "./photo-session.ts";

const size = { width: 32, height: 24 };
const view = {
  radiance: Float32Array.from({ length: 3 * 32 * 24 }, (_, i) => 0.2 + 0.1 * Math.sin(i)),
  depth: new Float32Array(32 * 24).fill(2),
};
const mean = (rgb: Uint8Array): number => rgb.reduce((sum, value) => sum + value, 0) / rgb.length;

/** How far apart the brightest and the darkest of six photos of one thing are. */
function spread(seed: number): number {
  const develop = photoSession(seededRandom(`session ${seed}`));
  const means = Array.from({ length: 6 }, () => mean(develop(view, size)));
  return Math.max(...means) - Math.min(...means);
}

test("in some sessions photos are exposed alike, in others not", () => {
  const spreads = Array.from({ length: 60 }, (_, seed) => spread(seed));
  expect(spreads.filter((value) => value < 2).length).toBeGreaterThan(5);
  expect(spreads.filter((value) => value > 15).length).toBeGreaterThan(20);
});

test("a session is a function of its random numbers", () => {
  const once = photoSession(seededRandom("same"))(view, size);
  expect(photoSession(seededRandom("same"))(view, size)).toEqual(once);
});

test("the middle of a photo stays sharp while what is far behind it blurs", () => {
  // Stripes two pixels wide; the left third is at 0.3 m, the rest at 5 m.
  const wide = { width: 96, height: 24 };
  const radiance = Float32Array.from({ length: 3 * 96 * 24 }, (_, i) => (Math.floor(i / 3) % 4 < 2 ? 0.05 : 0.6));
  const depth = Float32Array.from({ length: 96 * 24 }, (_, i) => (i % 96 < 32 ? 0.3 : 5));
  const contrast = (rgb: Uint8Array, from: number, to: number): number => {
    const row = Array.from({ length: to - from }, (_, x) => rgb[3 * (12 * 96 + from + x) + 1]!);
    return Math.max(...row) - Math.min(...row);
  };
  const ratios = Array.from({ length: 60 }, (_, seed) => {
    const rgb = photoSession(seededRandom(`defocus ${seed}`))({ radiance, depth }, wide);
    return contrast(rgb, 8, 24) / contrast(rgb, 60, 84);
  });
  expect(ratios.filter((ratio) => ratio < 0.75).length).toBeGreaterThan(5);
  expect(ratios.filter((ratio) => ratio > 0.9).length).toBeGreaterThan(25);
});

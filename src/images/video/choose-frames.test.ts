import { expect, test } from "vitest";
import { chooseFrames, FrameMeter, SAMPLE_WIDTH, samplesPerSecond } from "./choose-frames.ts";
import { frameMotion } from "./frame-motion.ts";
import type { GrayPicture } from "./gray-picture.ts";

const HEIGHT = 90;

/** Waves of all directions, without a common period. */
function texture(x: number, y: number): number {
  const waves = [0.12, 0.2, 0.33, 0.5, 0.27, 0.16].map((frequency, i) => {
    const along = Math.cos(1.1 * i) * x + Math.sin(1.1 * i) * y;
    return Math.sin(frequency * along + i * i);
  });
  return 128 + 20 * waves.reduce((sum, value) => sum + value, 0);
}

function draw(value: (x: number, y: number) => number): GrayPicture {
  const pixels = new Uint8ClampedArray(SAMPLE_WIDTH * HEIGHT);
  for (let i = 0; i < pixels.length; i++) pixels[i] = value(i % SAMPLE_WIDTH, Math.floor(i / SAMPLE_WIDTH));
  return { width: SAMPLE_WIDTH, height: HEIGHT, pixels };
}

/** What a camera sees that moved to the side: a near lower half, a far upper half. */
const step = (dx: number): GrayPicture =>
  draw((x, y) => (y > HEIGHT / 2 ? texture(x + 2 * dx, y) : texture(500 + x + dx, y)));
/** What it sees when it only turns. */
const turn = (dx: number): GrayPicture => draw((x, y) => texture(x + dx, y));
const blurred = (dx: number): GrayPicture =>
  draw((x, y) => [-4, -2, 0, 2, 4].reduce((sum, by) => sum + texture(x + dx + by, y) / 5, 0));

function chosenOf(frames: readonly GrayPicture[], count: number): number[] {
  const meter = new FrameMeter();
  for (const frame of frames) meter.add(frame);
  return chooseFrames(meter.samples, count);
}

test("a turn shifts all of the picture, a step its parts by different lengths", () => {
  const turned = frameMotion(turn(0), turn(8));
  expect(turned.shift).toBeCloseTo(8 / SAMPLE_WIDTH, 3);
  expect(turned.parallax).toBeLessThan(0.003);
  expect(frameMotion(step(0), step(6)).parallax).toBeGreaterThan(0.015);
  const rolled = draw((x, y) => {
    const [u, v] = [x - 80, y - 45];
    return texture(80 + Math.cos(0.05) * u - Math.sin(0.05) * v, 45 + Math.sin(0.05) * u + Math.cos(0.05) * v);
  });
  expect(frameMotion(turn(0), rolled).parallax).toBeLessThan(0.01);
});

test("neither exposure nor a blank picture is motion", () => {
  const brighter = draw((x, y) => 0.8 * texture(x, y) + 30);
  expect(frameMotion(turn(0), brighter).shift).toBe(0);
  const blank = draw(() => 200);
  expect(frameMotion(blank, blank)).toEqual({ shift: 0, parallax: 0 });
});

test("frames lie equally far apart along the path, however fast the camera went", () => {
  // Slow at first, half a pixel a frame, which no two neighbors show; then six times as fast.
  const at = Array.from({ length: 90 }, (_, i) => (i < 60 ? 0.5 * i : 30 + 3 * (i - 60)));
  const chosen = chosenOf(at.map(turn), 5);
  expect(chosen).toHaveLength(5);
  const steps = chosen.slice(1).map((i, k) => at[i]! - at[chosen[k]!]!);
  for (const one of steps) expect(Math.abs(one - 117 / 4)).toBeLessThan(117 / 4 / 2 + 3);
});

test("blurred frames are passed over", () => {
  const frames = Array.from({ length: 60 }, (_, i) => (i % 3 === 1 ? turn(2 * i) : blurred(2 * i)));
  for (const i of chosenOf(frames, 6)) expect(i % 3).toBe(1);
});

test("a camera that stands still, or shakes, gives one frame, the sharpest; no frames give none", () => {
  const still = [blurred(0), blurred(0), turn(0), blurred(0)];
  expect(chosenOf(still, 10)).toEqual([2]);
  const shaking = Array.from({ length: 40 }, (_, i) => turn(i % 2));
  expect(chosenOf(shaking, 10)).toHaveLength(1);
  expect(chooseFrames([], 10)).toEqual([]);
});

test("a step brings more frames than a turn that shifts the picture as much", () => {
  const at = Array.from({ length: 30 }, (_, i) => i);
  expect(chosenOf(at.map(step), 100).length).toBeGreaterThan(1.3 * chosenOf(at.map(turn), 100).length);
});

test("long videos are looked at less often", () => {
  expect(samplesPerSecond(null)).toBe(8);
  expect(samplesPerSecond(10)).toBe(8);
  expect(600 * samplesPerSecond(600)).toBeCloseTo(1200);
});

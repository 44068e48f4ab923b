import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import type { Size, View } from "../core/view.ts";
import { loadViews } from "../images/load-views.ts";
import { skyPixels } from "./sky-pixels.ts";

type Color = readonly [red: number, green: number, blue: number];

const landscape: Size = { width: 128, height: 96 };
const portrait: Size = { width: 96, height: 128 };

/** A photo with some noise whose color at each place is given, of [0, 1]; places are shares of width and height. */
function photo({ width, height }: Size, colorAt: (x: number, y: number) => Color): View {
  const random = seededRandom("sky");
  const count = width * height;
  const rgb = new Uint8ClampedArray(3 * count);
  for (let i = 0; i < count; i++) {
    const color = colorAt(((i % width) + 0.5) / width, (Math.floor(i / width) + 0.5) / height);
    color.forEach((value, c) => {
      rgb[3 * i + c] = 255 * (value + 0.01 * (random() - 0.5));
    });
  }
  const originalFromNetwork = { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 };
  const original = { width, height };
  return { name: "a.jpg", width, height, rgb: new Uint8Array(rgb), original, originalFromNetwork, hash: "" };
}

function mix(a: Color, b: Color, t: number): Color {
  return [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), a[2] + t * (b[2] - a[2])];
}

/** The horizon of the tests: hills, and a tower that reaches above them. */
function skyline(x: number): number {
  return Math.abs(x - 0.7) < 0.06 ? 0.2 : 0.45 + 0.08 * Math.sin(9 * x);
}

/** Checked ground, so that it has edges. */
function ground(x: number, y: number): Color {
  return (Math.floor(16 * x) + Math.floor(16 * y)) % 2 === 0 ? [0.35, 0.3, 0.2] : [0.22, 0.28, 0.15];
}

/** How well `sky` is what lies above the skyline: the share of that found, and of the rest taken for sky. */
function found(sky: Uint8Array, { width, height }: Size): { hit: number; wrong: number } {
  const counts = { hit: 0, sky: 0, wrong: 0, rest: 0 };
  sky.forEach((is, i) => {
    const isAbove = (Math.floor(i / width) + 0.5) / height < skyline(((i % width) + 0.5) / width);
    counts[isAbove ? "sky" : "rest"]++;
    if (is) counts[isAbove ? "hit" : "wrong"]++;
  });
  return { hit: counts.hit / counts.sky, wrong: counts.wrong / counts.rest };
}

const SKIES: Readonly<Record<string, (y: number) => Color>> = {
  "a blue sky": (y) => mix([0.35, 0.55, 0.9], [0.7, 0.82, 0.95], y / 0.5),
  "a deep blue sky": (y) => mix([0.1, 0.25, 0.6], [0.3, 0.5, 0.8], y / 0.5),
  "an overcast sky": () => [0.93, 0.94, 0.95],
  "a sunset": (y) => mix([0.45, 0.55, 0.8], [0.98, 0.7, 0.45], y / 0.5),
};

describe("skyPixels", () => {
  for (const [name, color] of Object.entries(SKIES)) {
    for (const [format, size] of Object.entries({ landscape, portrait })) {
      test(`${name}, ${format}`, () => {
        const view = photo(size, (x, y) => (y < skyline(x) ? color(y) : ground(x, y)));
        const { hit, wrong } = found(skyPixels(view), size);
        expect(hit).toBeGreaterThan(0.95);
        expect(wrong).toBe(0);
      });
    }
  }

  test("clouds in it, however sharp, but not a dark kite", () => {
    const inDisc = (x: number, y: number, center: number) => Math.hypot(x - center, y - 0.2) < 0.08;
    const view = photo(landscape, (x, y) => {
      if (y >= skyline(x)) return ground(x, y);
      if (inDisc(x, y, 0.2)) return [0.97, 0.97, 0.98];
      return inDisc(x, y, 0.45) ? [0.2, 0.1, 0.1] : SKIES["a blue sky"]!(y);
    });
    const sky = skyPixels(view);
    const at = (x: number, y: number) => sky[Math.floor(y * 96) * 128 + Math.floor(x * 128)];
    expect([at(0.2, 0.2), at(0.45, 0.2)]).toEqual([1, 0]);
  });

  test("on both sides of a pole up to the border", () => {
    const view = photo(landscape, (x, y) =>
      Math.abs(x - 0.1) < 0.02 || y >= skyline(x) ? ground(x, y) : SKIES["a blue sky"]!(y),
    );
    expect(skyPixels(view)[10 * 128 + 4]).toBe(1);
  });

  const WALLS: Readonly<Record<string, (x: number, y: number) => Color>> = {
    "a white wall, warm light": (x) => mix([0.8, 0.78, 0.72], [0.7, 0.68, 0.6], x),
    "a white wall, daylight": (x) => mix([0.78, 0.79, 0.8], [0.66, 0.67, 0.69], x),
    "a bright ceiling, warm light": (_, y) => mix([0.99, 0.95, 0.86], [0.9, 0.86, 0.78], y),
    "a blue wall": () => [0.3, 0.42, 0.65],
    "a black curtain": () => [0.02, 0.02, 0.02],
  };
  for (const [name, color] of Object.entries(WALLS)) {
    test(`${name}: no sky`, () => {
      const view = photo(landscape, (x, y) => (y < skyline(x) ? color(x, y) : ground(x, y)));
      expect(skyPixels(view).some((is) => is !== 0)).toBe(false);
    });
  }

  test("a burned-out wall down to the floor: no sky", () => {
    const view = photo(landscape, (x, y) => (x > 0.4 && y < 0.85 ? [1, 1, 1] : ground(x, y)));
    expect(skyPixels(view).some((is) => is !== 0)).toBe(false);
  });

  test("nothing but blue: no sky", () => {
    const view = photo(landscape, (_, y) => SKIES["a blue sky"]!(y / 2));
    expect(skyPixels(view).some((is) => is !== 0)).toBe(false);
  });

  test("a photo without color: no sky", () => {
    const view = photo(landscape, (x, y) => (y < skyline(x) ? [0.97, 0.97, 0.97] : [0.2, 0.2, 0.2]));
    for (let i = 0; i < view.rgb.length; i += 3) view.rgb.fill(view.rgb[i]!, i + 1, i + 3);
    expect(skyPixels(view).some((is) => is !== 0)).toBe(false);
  });
});

const photos = resolve(import.meta.dirname, "../../../shared/data");

describe.skipIf(!existsSync(photos))("on real photos", () => {
  const share = async (name: string) => {
    const [view] = await loadViews([resolve(photos, name)], { patchSize: 16, size: 512 });
    return skyPixels(view!).reduce((sum, is) => sum + is, 0) / (view!.width * view!.height);
  };

  test.each([
    ["castle-p19/00.jpg", 0.16],
    ["castle-p19/10.jpg", 0.19],
    ["castle-p19/13.jpg", 0.18],
    ["single-kitti/00.jpg", 0.08],
  ])("%s: the sky", async (name, expected) => {
    expect(Math.abs((await share(name)) - expected)).toBeLessThan(0.02);
  });

  test.each([
    "fountain-p11/00.jpg",
    "kitti-street/04.jpg",
    "temple/00.jpg",
    "scannet-0711/01.jpg",
    "scannet-0806/00.jpg",
    "open3d-chair/00.jpg",
    "tum-fr3-office/02.jpg",
    "single-nyu-basement/01.jpg",
  ])("%s: none", async (name) => {
    expect(await share(name)).toBe(0);
  });
});

import { expect, test } from "vitest";
import { gaussian, seededRandom } from "../core/random.ts";
import type { View } from "../core/view.ts";
import { photoWarnings } from "./photo-warnings.ts";

const [width, height] = [64, 48];
const random = seededRandom("photo warnings");

function view(name: string, brightness: (x: number, y: number) => number, hash = name): View {
  const one = Float32Array.from({ length: width * height }, (_, i) => brightness(i % width, Math.floor(i / width)));
  const image = Float32Array.from([...one, ...one, ...one]);
  const original = { width, height };
  return {
    name,
    hash,
    width,
    height,
    original,
    image,
    originalFromNetwork: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
  };
}

test("blank, black, noise and duplicate photos are named", () => {
  const scenery = (x: number, y: number) => Math.sin(x / 5) * Math.cos(y / 7) + 0.1 * gaussian(random);
  const views = [
    view("black.jpg", () => -1),
    view("wall.jpg", () => 0.4 + 0.005 * gaussian(random)),
    view("noise.jpg", () => 0.4 * gaussian(random)),
    view("scenery.jpg", scenery, "one"),
    view("copy.jpg", scenery, "one"),
  ];
  expect(photoWarnings(views)).toEqual([
    "black.jpg is blank: it holds no evidence of anything.",
    "wall.jpg is blank: it holds no evidence of anything.",
    "noise.jpg looks like noise: it holds no evidence of anything.",
    "copy.jpg is the same file as scenery.jpg: two copies of a photo tell no more than one.",
  ]);
});

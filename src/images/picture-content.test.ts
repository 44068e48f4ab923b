import { expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import type { View } from "../core/view.ts";
import { contentWarnings, isSamePicture, pictureContent } from "./picture-content.ts";

const [width, height] = [64, 48];

function view(name: string, valueAt: (x: number, y: number) => number): View {
  const bytes = Array.from({ length: width * height }, (_, i) => {
    return Math.round(127.5 * (1 + valueAt(i % width, Math.floor(i / width))));
  });
  return {
    name,
    width,
    height,
    rgb: Uint8Array.from(bytes.flatMap((byte) => [byte, byte, byte])),
    original: { width, height },
    originalFromNetwork: { scaleX: 1, scaleY: 1, offsetX: 0, offsetY: 0 },
    hash: name,
  };
}

const random = seededRandom("picture-content");
const waves = (x: number, y: number) => 0.5 * Math.sin(x / 3) * Math.cos(y / 4);
const picture = view("picture", waves);
const saved = view("saved", (x, y) => waves(x, y) + 0.004 * (random() - 0.5));
const blank = view("blank", () => -0.06);
const noise = view("noise", () => 2 * random() - 1);

test("pictures, one color and noise are told apart", () => {
  expect([picture, saved, blank, noise].map(pictureContent)).toEqual(["picture", "picture", "blank", "noise"]);
  // A file of pairs brings no pixels along.
  expect(pictureContent({ ...view("none", () => 0), rgb: new Uint8Array() })).toBe("picture");
});

test("a copy that was saved anew is the same picture, another one is not", () => {
  expect(isSamePicture(picture, saved)).toBe(true);
  expect(
    isSamePicture(
      picture,
      view("other", (x, y) => waves(x + 9, y)),
    ),
  ).toBe(false);
  expect(contentWarnings([picture, blank, saved, noise])).toEqual([
    "blank is of one color: there is nothing to see on it.",
    "noise is noise: there is nothing to see on it.",
    "saved is the same picture as picture and adds nothing to it.",
  ]);
});

import { expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { photoSequences } from "./photo-sequences.ts";

/** Photos along a line look the more alike the nearer they are. */
const alongLine = (places: readonly number[]) => (a: number, b: number) => -Math.abs(places[a]! - places[b]!);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

test("running numbers make sequences, folder by folder and camera by camera, parted at gaps", () => {
  const names: { name: string; path?: string }[] = [
    ...upTo(8).map((i) => ({ name: `IMG_${10 + i}.jpg`, path: `a/IMG_${10 + i}.jpg` })),
    ...upTo(6).map((i) => ({ name: `IMG_${400 + i}.jpg`, path: `a/IMG_${400 + i}.jpg` })),
    ...upTo(6).map((i) => ({ name: `IMG_${18 + i}.jpg`, path: `b/IMG_${18 + i}.jpg` })),
    ...upTo(3).map((i) => ({ name: `DSC${i}.jpg` })),
    { name: "portrait.jpg" },
  ];
  const backwards = names.toReversed();
  const at = (name: string) => backwards.findIndex((photo) => (photo.path ?? photo.name) === name);
  expect(photoSequences(backwards, alongLine([...backwards.keys()]))).toEqual(
    expect.arrayContaining([
      upTo(8).map((i) => at(`a/IMG_${10 + i}.jpg`)),
      upTo(6).map((i) => at(`a/IMG_${400 + i}.jpg`)),
      upTo(6).map((i) => at(`b/IMG_${18 + i}.jpg`)),
    ]),
  );
  expect(photoSequences(backwards, alongLine([...backwards.keys()]))).toHaveLength(3);
});

test("numbers that say nothing of what photos show are no sequence", () => {
  const random = seededRandom("shuffled numbers");
  const places = upTo(40).map(() => random());
  const photos = places.map((_, i) => ({ name: `${i}.jpg` }));
  expect(photoSequences(photos, alongLine(places))).toEqual([]);
  expect(photoSequences(photos, () => 0)).toHaveLength(1);
  expect(photoSequences([], () => 0)).toEqual([]);
});

test("times order photos whose names do not, and part what numbers would join", () => {
  const letters = "qwertzuiopasdfgh".split("");
  const timed = letters.map((name, i) => ({ name: `${name}.jpg`, takenAt: 1e12 + 3000 * i + (i >= 8 ? 600_000 : 0) }));
  expect(photoSequences(timed, alongLine([...timed.keys()]))).toEqual([upTo(8), upTo(8).map((i) => 8 + i)]);
  const numbered = timed.map(({ takenAt }, i) => ({ name: `P${100 + i}.jpg`, takenAt }));
  expect(photoSequences(numbered, alongLine([...timed.keys()]))).toEqual([upTo(8), upTo(8).map((i) => 8 + i)]);
});

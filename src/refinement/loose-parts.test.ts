import { expect, test } from "vitest";
import { arc, everyPair } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { selectFeatures } from "../features/features.ts";
import { looseParts } from "./loose-parts.ts";
import type { PosedPhoto } from "./posed-photo.ts";

const { photos, truth } = arc(7, "loose parts");
const among = (members: readonly number[], those = photos) =>
  everyPair(members.length).map(([i, j]) => pairShown(those, truth, [members[i]!, members[j]!]));

/** Photo 3 shows some features to the photos before it, and others to those after it. */
function withoutCommonFeatures(): readonly PosedPhoto[] {
  const halves = new Map<string, number>();
  const halfOf = ({ features }: PosedPhoto, i: number) => {
    const key = features.descriptors.subarray(128 * i, 128 * i + 8).join();
    if (!halves.has(key)) halves.set(key, halves.size % 2);
    return halves.get(key)!;
  };
  return photos.map((photo, place) => {
    const isShown = (i: number) => place === 3 || halfOf(photo, i) === Number(place > 3);
    return { ...photo, features: selectFeatures(photo.features, isShown) };
  });
}

test("one photo with features of both sides tells their scales apart", () => {
  expect(looseParts(photos, [...among([0, 1, 2, 3]), ...among([3, 4, 5])])).toEqual([]);
});

test("one photo that shows other features to either side does not", () => {
  const apart = withoutCommonFeatures();
  const pairs = [...among([0, 1, 2, 3], apart), ...among([3, 4, 5], apart)];
  expect(looseParts(apart, pairs)).toEqual([{ photos: [4, 5], hinge: 3 }]);
});

test("two photos do, and so does a ring", () => {
  const apart = withoutCommonFeatures();
  expect(looseParts(apart, [...among([0, 1, 2, 3], apart), ...among([3, 4, 5], apart), ...among([2, 4])])).toEqual([]);
});

test("a single pair may hang there; without pairs nothing does", () => {
  const parted = withoutCommonFeatures();
  const pairs = [...among([0, 1, 2, 3], parted), ...among([3, 4], parted)];
  expect(looseParts(parted, pairs)).toEqual([{ photos: [4], hinge: 3 }]);
  expect(looseParts(parted, [])).toEqual([]);
});

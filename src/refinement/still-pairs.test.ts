import { expect, test } from "vitest";
import { arc, everyPair } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { scaleTranslation } from "../geometry/pose.ts";
import { withoutStillPairs } from "./still-pairs.ts";

const { photos, truth } = arc(4, "still pairs");
const pairs = everyPair(4).map((pair) => pairShown(photos, truth, pair));
const scaled = (pair: (typeof pairs)[number], factor: number) => ({
  ...pair,
  cam2FromCam1: scaleTranslation(pair.cam2FromCam1, factor),
});
/** A little in another direction than the camera moved. */
const still = (pair: (typeof pairs)[number]) => scaled(pair, -0.1);

test("a pair that stands still where the network moved is left out", () => {
  const found = withoutStillPairs(photos, [still(pairs[0]!), ...pairs.slice(1)]);
  expect(found).toEqual(pairs.slice(1));
});

test("unless the ways round by other photos come to the same, in the pair's own unit", () => {
  const short = [scaled(pairs[0]!, 0.1), ...pairs.slice(1)];
  expect(withoutStillPairs(photos, short)).toEqual(short);
});

test("unless nothing else joins its photos", () => {
  const shown = (first: number, second: number) => pairShown(photos, truth, [first, second]);
  const chain = [shown(0, 1), still(shown(1, 2)), shown(2, 3)];
  expect(withoutStillPairs(photos, chain)).toEqual(chain);
});

test("or the network says nothing of how far they are apart", () => {
  const apart = photos.map((photo, component) => ({ ...photo, component }));
  const all = pairs.map(still);
  expect(withoutStillPairs(apart, all)).toEqual(all);
});

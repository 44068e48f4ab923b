import { expect, test } from "vitest";
import { arc, everyPair } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { composePoses, rigidPose, scaleTranslation } from "../geometry/pose.ts";
import { rotationFromVector } from "../geometry/rotation.ts";
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

test("unless what joins its photos rests on fewer matches and turns otherwise", () => {
  const shown = (first: number, second: number) => pairShown(photos, truth, [first, second]);
  const kept = (matches: number, { ofWayRound, turn }: { readonly ofWayRound: number; readonly turn: number }) => {
    const first = still(shown(0, 1));
    const standing = { ...first, matches: first.matches.slice(0, 2 * matches) };
    const round = shown(0, 2);
    const cam2FromCam1 = composePoses(rigidPose(rotationFromVector([0, turn, 0]), [0, 0, 0]), round.cam2FromCam1);
    const way = { ...round, cam2FromCam1, matches: round.matches.slice(0, 2 * ofWayRound) };
    return withoutStillPairs(photos, [standing, way, shown(1, 2)]).includes(standing);
  };
  expect(kept(20, { ofWayRound: 19, turn: 0.2 })).toBe(true);
  expect(kept(20, { ofWayRound: 19, turn: 0.01 })).toBe(false);
  expect(kept(20, { ofWayRound: 21, turn: 0.2 })).toBe(false);
});

test("or the network says nothing of how far they are apart", () => {
  const apart = photos.map((photo, component) => ({ ...photo, component }));
  const all = pairs.map(still);
  expect(withoutStillPairs(apart, all)).toEqual(all);
});

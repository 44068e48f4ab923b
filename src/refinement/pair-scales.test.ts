import { expect, test } from "vitest";
import { arc, everyPair } from "../../test/featured-photos.ts";
import { pairShown } from "../../test/pair-shown.ts";
import { seededRandom } from "../core/random.ts";
import { scaleTranslation, translationOf } from "../geometry/pose.ts";
import { pairScales } from "./pair-scales.ts";

const { photos, truth } = arc(5, "pair scales");
const random = seededRandom("lengths");
const lengths = everyPair(5).map(() => Math.exp(2 * random() - 1));

test("pairs whose lengths are wrong agree on one scale, by the depths of the features that they share", () => {
  const pairs = everyPair(5).map((pair, k) => {
    const shown = pairShown(photos, truth, pair);
    return { ...shown, cam2FromCam1: scaleTranslation(shown.cam2FromCam1, lengths[k]!) };
  });
  const factors = pairScales(photos, pairs).map((scale, k) => scale * lengths[k]!);
  for (const factor of factors) expect(factor / factors[0]!).toBeCloseTo(1, 1);
});

test("a pair that shares no feature with others keeps its length", () => {
  const pairs = [[0, 1] as const, [2, 3] as const].map((pair) => pairShown(photos, truth, pair));
  expect(pairScales(photos, pairs)).toEqual([1, 1]);
  expect(Math.hypot(...translationOf(pairs[0]!.cam2FromCam1))).toBeGreaterThan(0);
});

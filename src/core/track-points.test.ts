import fc from "fast-check";
import { expect, test } from "vitest";
import { joinedTrackPoints, shownPoints, type TrackPoint, trackPointsIn, trackPointsOf } from "./track-points.ts";

const PHOTOS = 5;
const number = fc.float({ noNaN: true, noDefaultInfinity: true });
const observation = fc.record({
  image: fc.nat(PHOTOS - 1),
  pixel: fc.nat(1000),
  x: number,
  y: number,
  error: number,
});
const points: fc.Arbitrary<TrackPoint[]> = fc.array(
  fc.record({
    point: fc.tuple(number, number, number),
    observations: fc.uniqueArray(observation, { minLength: 2, selector: ({ image }) => image }),
  }),
);

test("those of two lists are those of the first, then those of the second", () => {
  fc.assert(
    fc.property(points, points, (a, b) => {
      expect(joinedTrackPoints(trackPointsOf(a), trackPointsOf(b))).toEqual(trackPointsOf([...a, ...b]));
    }),
  );
});

test("without some photos, the points are those that two others show", () => {
  fc.assert(
    fc.property(points, fc.array(fc.boolean(), { minLength: PHOTOS, maxLength: PHOTOS }), (list, counts) => {
      const kept = list.flatMap(({ point, observations }) => {
        const left = observations.filter(({ image }) => counts[image]);
        return left.length < 2 ? [] : [{ point, observations: left }];
      });
      expect(trackPointsIn(trackPointsOf(list), (image) => counts[image]!)).toEqual(trackPointsOf(kept));
    }),
  );
});

test("each photo shows every point that it observes once, in their order", () => {
  fc.assert(
    fc.property(points, (list) => {
      const columns = trackPointsOf(list);
      const shown = shownPoints(columns, PHOTOS);
      for (let photo = 0; photo < PHOTOS; photo++) {
        const own = [...list.keys()].filter((i) => list[i]!.observations.some(({ image }) => image === photo));
        const { points: indices, observations } = shown(photo);
        expect([...indices]).toEqual(own);
        expect([...observations].map((k) => columns.images[k])).toEqual(own.map(() => photo));
        for (const [n, k] of observations.entries()) {
          expect(k).toBeGreaterThanOrEqual(columns.starts[indices[n]!]!);
          expect(k).toBeLessThan(columns.starts[indices[n]! + 1]!);
        }
      }
    }),
  );
});

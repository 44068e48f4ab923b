import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bundleScene } from "../../test/bundle-scene.ts";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import { seededRandom } from "../core/random.ts";
import type { Bundle } from "./bundle.ts";
import { bundleOfTracks } from "./bundle-of-tracks.ts";
import { reprojectionErrors } from "./reprojection-errors.ts";
import { buildTracks } from "./tracks.ts";
import { triangulate } from "./triangulate.ts";

const GATES = { maxError: 4, minAngle: Math.PI / 180 };
const LENS = [-0.15, 0.05] as const;

function nowhere(bundle: Bundle): Bundle {
  return { ...bundle, points: bundle.points.map(() => Number.NaN) };
}

function count(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}

describe("triangulate", () => {
  test("finds exactly what is seen without noise, through a lens too", () => {
    fc.assert(
      fc.property(anyRandom, (random) => {
        const truth = bundleScene(random, { photos: 10, points: 20, lens: LENS, noise: 0 });
        const { bundle, points } = triangulate(nowhere(truth), GATES);
        expect(points.length).toBe(20);
        expect(largestDifference(bundle.points, truth.points)).toBeLessThan(1e-7);
      }),
      { numRuns: 20 },
    );
  });

  test("leaves out observations that disagree, and keeps the points", () => {
    const random = seededRandom("wrong observations");
    const truth = bundleScene(random, { photos: 12, points: 300, arc: 90, longestTrack: 8 });
    const { observations } = truth;
    const isWrong = Uint8Array.from(observations.photo, () => (random() < 0.2 ? 1 : 0));
    const xy = observations.xy.map((value, i) => value + 50 * isWrong[i >> 1]! * (random() < 0.5 ? -1 : 1));
    const found = triangulate(nowhere({ ...truth, observations: { ...observations, xy } }), GATES);
    const wrongKept = found.observations.reduce((sum, k) => sum + isWrong[k]!, 0);
    const agreed = new Uint32Array(300);
    observations.point.forEach((point, k) => {
      agreed[point]! += 1 - isWrong[k]!;
    });
    const findable = agreed.filter((times) => times >= 2).length;
    expect(found.points.length).toBeGreaterThan(0.97 * findable);
    expect(wrongKept).toBeLessThan(0.06 * count(isWrong));
    expect(found.observations.length - wrongKept).toBeGreaterThan(0.97 * (isWrong.length - count(isWrong)));
    expect(Math.max(...reprojectionErrors(found.bundle))).toBeLessThanOrEqual(GATES.maxError);
  });

  test("its points are where squared reprojection errors are least", () => {
    const truth = bundleScene(seededRandom("least squares"), { photos: 8, points: 20, lens: LENS });
    const { bundle } = triangulate(nowhere(truth), { ...GATES, maxError: 100 });
    const cost = (points: Float64Array) => reprojectionErrors({ ...bundle, points }).reduce((sum, e) => sum + e * e, 0);
    const least = cost(bundle.points);
    for (let i = 0; i < bundle.points.length; i++) {
      for (const step of [1e-3, -1e-3])
        expect(cost(bundle.points.with(i, bundle.points[i]! + step))).toBeGreaterThan(least);
    }
  });

  test("nothing is made of rays that are parallel, of one observation, of duplicate photos or of numbers that are none", () => {
    const truth = bundleScene(seededRandom("nothing"), { photos: 6, points: 30 });
    const { observations, photos } = truth;
    const nothing = (bundle: Bundle) => expect(triangulate(bundle, GATES).points.length).toBe(0);
    nothing({ ...truth, photos: photos.map(() => photos[0]!) });
    nothing({ ...truth, observations: { ...observations, xy: observations.xy.map(() => Number.NaN) } });
    nothing({
      ...truth,
      points: new Float64Array(3),
      observations: { photo: Uint32Array.of(1), point: Uint32Array.of(0), xy: Float64Array.of(9, 9) },
    });
    nothing({
      ...truth,
      points: new Float64Array(),
      observations: { photo: new Uint32Array(), point: new Uint32Array(), xy: new Float64Array() },
    });
    expect(triangulate(truth, { ...GATES, minAngle: 3 }).points.length).toBe(0);
  });

  test("from matches to points", () => {
    const truth = bundleScene(seededRandom("matches"), { photos: 6, points: 50, arc: 60, noise: 0 });
    const keypoints: number[][] = truth.photos.map(() => []);
    const featureOf = Array.from({ length: 50 }, () => new Map<number, number>());
    truth.observations.photo.forEach((photo, k) => {
      featureOf[truth.observations.point[k]!]!.set(photo, keypoints[photo]!.length / 2);
      keypoints[photo]!.push(truth.observations.xy[2 * k]!, truth.observations.xy[2 * k + 1]!);
    });
    const pairs = [...Array(36).keys()].map((k) => {
      const [photo1, photo2] = [Math.floor(k / 6), k % 6];
      const matches = featureOf.flatMap((features) => {
        const [a, b] = [features.get(photo1), features.get(photo2)];
        return a === undefined || b === undefined ? [] : [a, b];
      });
      return { photo1, photo2, matches: Uint32Array.from(matches) };
    });
    const tracks = buildTracks(pairs);
    const { bundle } = triangulate(bundleOfTracks(tracks, keypoints, truth), GATES);
    expect(tracks.starts.length - 1).toBe(50);
    expect(Math.max(...reprojectionErrors(bundle))).toBeLessThan(1e-6);
    expect(bundle.observations.photo.length).toBe(truth.observations.photo.length);
  });
});

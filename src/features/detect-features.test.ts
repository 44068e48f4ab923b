import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  blobPicture,
  type PlaneSimilarity,
  randomBlobs,
  transformBlobs,
  transformPlace,
} from "../../test/blob-picture.ts";
import { anyRandom, largestDifference } from "../../test/random-geometry.ts";
import { seededRandom } from "../core/random.ts";
import type { RgbImage } from "../core/rgb-image.ts";
import { detectFeatures } from "./detect-features.ts";
import type { Features } from "./features.ts";
import { matchFeatures } from "./match-features.ts";

type Place = readonly [x: number, y: number];

/** How far from a place the nearest feature is, among those of about that scale. */
function distanceTo({ count, positions, scales }: Features, [x, y]: Place, scale: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    if (Math.abs(Math.log(scales[i]! / scale)) > Math.log(1.1)) continue;
    nearest = Math.min(nearest, Math.hypot(positions[2 * i]! - x, positions[2 * i + 1]! - y));
  }
  return nearest;
}

/** The blur, that which a photo is taken to have included, at which the difference of Gaussians of a spot is greatest. */
const scaleOf = (sigma: number) => Math.sqrt((sigma ** 2 - 0.5 ** 2) / 2 ** (1 / 3));

/** Spots of sizes well within an octave: at its ends, either octave or none may have the extremum. */
const sigma = fc.oneof(
  ...[
    [1.6, 1.9],
    [2.3, 4],
    [4.6, 6],
  ].map(([min, max]) => fc.double({ min: min!, max: max!, noNaN: true })),
);

describe("a spot", () => {
  const size = { width: 160, height: 120 };
  const place = fc.record({
    x: fc.double({ min: 60, max: 100, noNaN: true }),
    y: fc.double({ min: 50, max: 70, noNaN: true }),
    sigma,
    height: fc.constantFrom(-0.5, 0.5),
  });

  test("is found where it is, to a twentieth of a pixel, in every octave", () => {
    fc.assert(
      fc.property(place, (blob) => {
        const distance = distanceTo(detectFeatures(blobPicture([blob], size)), [blob.x, blob.y], scaleOf(blob.sigma));
        expect(distance).toBeLessThan(0.05);
      }),
      { numRuns: 30 },
    );
  });

  test("of a reduced photo is found where the photo has it", () => {
    fc.assert(
      fc.property(place, (blob) => {
        const large = { ...blob, x: 3 * blob.x, y: 3 * blob.y, sigma: 3 * blob.sigma };
        const picture = blobPicture([large], { width: 480, height: 360 });
        const features = detectFeatures(picture, { featureSize: 160 });
        expect(distanceTo(features, [large.x, large.y], 3 * scaleOf(blob.sigma))).toBeLessThan(3 * 0.05);
        expect(features).toMatchObject({ width: 480, height: 360 });
      }),
      { numRuns: 10 },
    );
  });
});

describe("a picture of spots that is turned, scaled and shifted", () => {
  const size = { width: 256, height: 256 };
  const similarity: fc.Arbitrary<PlaneSimilarity> = fc
    .record({
      turn: fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
      scale: fc.double({ min: 0.7, max: 1.4, noNaN: true }),
      aside: fc.tuple(...[0, 1].map(() => fc.double({ min: -20, max: 20, noNaN: true }))),
    })
    .map(({ turn, scale, aside }) => {
      // Around the middle, which then moves a little.
      const [x, y] = transformPlace({ turn, scale, shift: [0, 0] }, 128, 128);
      return { turn, scale, shift: [128 - x + aside[0]!, 128 - y + aside[1]!] };
    });

  test("repeats its keypoints, and they match", () => {
    fc.assert(
      fc.property(anyRandom, similarity, (random, other) => {
        const blobs = randomBlobs(random, 500, size);
        const a = detectFeatures(blobPicture(blobs, size));
        const b = detectFeatures(blobPicture(transformBlobs(other, blobs), size));
        const placeInB = (i: number) => transformPlace(other, a.positions[2 * i]!, a.positions[2 * i + 1]!);
        const within = Array.from(a.scales.keys()).filter((i) => {
          const reach = 8 * other.scale * a.scales[i]!;
          // The finest of one may be too fine in the other.
          return (
            Math.min(1, other.scale) * a.scales[i]! > 2.5 && placeInB(i).every((x) => x > reach && x < 255 - reach)
          );
        });
        const repeated = within.filter((i) => {
          const scale = other.scale * a.scales[i]!;
          return distanceTo(b, placeInB(i), scale) < 0.5 * scale;
        });
        expect(repeated.length).toBeGreaterThan(0.75 * within.length);

        const matches = matchFeatures(a, b);
        let correct = 0;
        for (let k = 0; k < matches.length; k += 2) {
          const [i, j] = [matches[k]!, matches[k + 1]!];
          const [x, y] = placeInB(i);
          const isNear = Math.hypot(b.positions[2 * j]! - x, b.positions[2 * j + 1]! - y) < 2 * other.scale;
          const turned = b.angles[j]! - a.angles[i]! - other.turn;
          if (isNear && Math.cos(turned) > 0.9) correct++;
        }
        expect(correct).toBeGreaterThan(0.95 * (matches.length / 2));
        expect(correct).toBeGreaterThan(0.6 * within.length);
      }),
      { numRuns: 8 },
    );
  });
});

describe("pictures", () => {
  const size = { width: 200, height: 150 };
  const picture = blobPicture(randomBlobs(seededRandom("pictures"), 300, size), size);
  const features = detectFeatures(picture);

  test.each([
    [1, 1],
    [3, 2],
    [1, 500],
    [15, 400],
    [200, 150],
  ])("of one color, %i by %i, have no features", (width, height) => {
    const blank: RgbImage = { width, height, rgb: new Uint8Array(3 * width * height).fill(200) };
    expect(detectFeatures(blank)).toMatchObject({ width, height, count: 0, descriptors: new Uint8Array(0) });
  });

  test("give the same features every time", () => {
    expect(detectFeatures(picture)).toEqual(features);
  });

  test("have features the coarsest first, of which the first are kept", () => {
    expect(features.scales).toEqual(features.scales.toSorted().reverse());
    const few = detectFeatures(picture, { maxFeatures: 20 });
    expect(few.count).toBe(20);
    expect(few.descriptors).toEqual(features.descriptors.subarray(0, 20 * 128));
  });

  test("have features inside of them, with two directions at most, whose descriptors are of one length", () => {
    const { count, positions, angles, descriptors } = features;
    expect(count).toBeGreaterThan(100);
    const places = new Map<string, number>();
    for (let i = 0; i < count; i++) {
      const [x, y] = positions.subarray(2 * i, 2 * i + 2);
      places.set(`${x} ${y}`, (places.get(`${x} ${y}`) ?? 0) + 1);
      expect(x! >= 0 && x! <= 199 && y! >= 0 && y! <= 149).toBe(true);
      expect(angles[i]! >= 0 && angles[i]! <= 2 * Math.PI).toBe(true);
      const length = Math.hypot(...descriptors.subarray(128 * i, 128 * i + 128));
      expect(Math.abs(length - 512)).toBeLessThan(10);
    }
    expect(Math.max(...places.values())).toBeLessThanOrEqual(2);
  });

  test("that are poor in features are looked at enlarged, others are not", () => {
    const finest = ({ scales }: Features) => scales.at(-1)!;
    const spot = { x: 100, y: 75, sigma: 1.5, height: 0.5 };
    expect(finest(detectFeatures(blobPicture([spot], size)))).toBeLessThan(1.4);
    const rich = blobPicture(
      Array.from({ length: 300 }, (_, i) => ({
        x: 8 + 10 * (i % 19),
        y: 8 + 10 * Math.floor(i / 19),
        sigma: 2,
        height: 0.4,
      })),
      size,
    );
    expect(finest(detectFeatures(rich))).toBeGreaterThan(1.5);
  });

  test("that are poor in features even so have the clearest of their fainter ones, others have none", () => {
    const faint = [0.02, 0.025].map((height, i) => ({ x: 30 + 60 * i, y: 30, sigma: 3, height }));
    const near = (features: Features, { x, y }: { x: number; y: number }) =>
      distanceTo(features, [x, y], scaleOf(3)) < 1;
    const poor = blobPicture(faint, { width: 120, height: 60 });
    expect(detectFeatures(poor, { enlarged: true }).count).toBe(0);
    const found = detectFeatures(poor);
    expect(faint.map((blob) => near(found, blob))).toEqual([true, true]);
    // Rich below them, and nearly.
    const spots = Array.from({ length: 19 * 12 }, (_, i) => {
      return { x: 8 + 10 * (i % 19), y: 74 + 10 * Math.floor(i / 19), sigma: 2, height: 0.4 };
    });
    const rich = detectFeatures(blobPicture([...faint, ...spots], { width: 200, height: 200 }));
    expect(faint.map((blob) => near(rich, blob))).toEqual([false, false]);
  });

  test("that were reduced beforehand have features in pixels of the original", () => {
    const original = detectFeatures(picture, { original: { width: 400, height: 300 } });
    const expected = features.positions.map((x) => 2 * x + 0.5);
    expect(largestDifference(original.positions, expected)).toBeLessThan(1e-4);
    expect(original.scales).toEqual(features.scales.map((scale) => 2 * scale));
  });
});

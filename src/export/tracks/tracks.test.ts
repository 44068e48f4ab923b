import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { syntheticScene } from "../../../test/synthetic-scene.ts";
import type { Scene } from "../../core/scene.ts";
import { subtract, type Vector3 } from "../../geometry/mat3.ts";
import { composePoses, identityPose, rigidPose } from "../../geometry/pose.ts";
import { growTracks } from "./grow-tracks.ts";
import { matchPoint, observationAt } from "./match-point.ts";
import { PosedDepth } from "./posed-depth.ts";
import { sceneTracks } from "./scene-tracks.ts";
import { trackPoint } from "./track-point.ts";

const names = ["a", "b", "c", "d", "e"];
const synthetic = syntheticScene({ names, size: { width: 96, height: 72 } });
const { scene } = synthetic;
const photos = scene.images.map((image) => new PosedDepth(image, 1));
const projected = (photo: PosedDepth, point: Vector3) => {
  const inCamera = photo.toCamera(point);
  return [...photo.project(inCamera)!, inCamera[2]] as const;
};
const pixels = (image: number): number[] => [...scene.images[image]!.depth.keys()];

describe("matchPoint", () => {
  test("finds what a search through all pixels of both photos finds, near enough to the projection", () => {
    const [from, to] = [photos[0]!, photos[1]!];
    const radius = 3;
    const exhaustive = (point: Vector3, photo: PosedDepth): number => {
      let [best, least] = [-1, Infinity];
      for (let i = 0; i < photo.image.depth.length; i++) {
        const distance = Math.hypot(...subtract(observationAt(photo, i).point, point));
        if (distance < least) [best, least] = [i, distance];
      }
      return best;
    };
    let matched = 0;
    for (const pixel of pixels(0).filter((i) => i % 41 === 0)) {
      const observation = observationAt(from, pixel);
      const match = matchPoint(from, observation, to, radius);
      const nearest = exhaustive(observation.point, to);
      const back = exhaustive(observationAt(to, nearest).point, from);
      const [u, v, depth] = projected(to, observation.point);
      const near = Math.hypot((nearest % 96) - u, Math.floor(nearest / 96) - v) <= radius;
      const gap = Math.hypot(...subtract(observationAt(to, nearest).point, observation.point));
      if (match !== undefined) {
        expect(match.pixel).toBe(nearest);
        expect(back).toBe(pixel);
        matched++;
      } else if (back === pixel && near) {
        expect(gap).toBeGreaterThan((0.99 * radius * depth) / to.image.intrinsics.fx);
      }
    }
    expect(matched).toBeGreaterThan(20);
  });

  test("places its match between pixels, where the surface is the same", () => {
    const [from, to] = [photos[0]!, photos[2]!];
    const errors = pixels(0).flatMap((pixel) => {
      const observation = observationAt(from, pixel);
      const match = matchPoint(from, observation, to, 2);
      if (match === undefined) return [];
      const [u, v] = projected(to, observation.point);
      return [Math.hypot(u - match.x, v - match.y)];
    });
    expect(errors.length).toBeGreaterThan(500);
    // Whole pixels would be off by 0.38 on average.
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.05);
  });

  test("finds nothing where there is no point", () => {
    const image = scene.images[1]!;
    const empty = new PosedDepth({ ...image, depth: new Float32Array(image.depth.length) }, 1);
    expect(matchPoint(photos[0]!, observationAt(photos[0]!, 2000), empty, 5)).toBeUndefined();
  });
});

describe("growTracks", () => {
  const complete = scene.pairs;
  const options = { cell: 4, radius: 1.5 };

  test("a track sees no photo twice and only photos that pairs connect", () => {
    const tracks = growTracks(photos, { ...options, pairs: complete });
    expect(tracks.length).toBeGreaterThan(300);
    expect(tracks.some((track) => track.size === 5)).toBe(true);
    const pairs = [
      { image1: 0, image2: 1 },
      { image1: 3, image2: 2 },
    ];
    for (const track of growTracks(photos, { ...options, pairs })) {
      expect([...track.keys()].sort().join()).toMatch(/^(0,1|2,3)$/);
    }
  });

  test("tracks grow along chains of pairs", () => {
    const chain = [3, 2, 1, 0].map((image1) => ({ image1, image2: image1 + 1 }));
    const tracks = growTracks(photos, { ...options, pairs: chain });
    expect(tracks.filter((track) => track.size === 5).length).toBeGreaterThan(30);
  });

  test("no two tracks start from the same place", () => {
    const tracks = growTracks(photos, { ...options, pairs: complete });
    const starts = tracks.map((track) => {
      const [image, { x, y }] = [...track][0]!;
      return [image, Math.floor(y / 4), Math.floor(x / 4)].join();
    });
    expect(new Set(starts).size).toBe(starts.length);
  });

  test("a photo without a place has no part in any", () => {
    const tracks = growTracks([photos[0]!, undefined, ...photos.slice(2)], { ...options, pairs: complete });
    expect(tracks.length).toBeGreaterThan(100);
    expect(tracks.some((track) => track.has(1))).toBe(false);
  });
});

describe("trackPoint", () => {
  test("is the mean by confidence of what the photos say", () => {
    const at = 2500;
    const [a, b] = [observationAt(photos[0]!, at), observationAt(photos[1]!, at)];
    const { point } = trackPoint(
      new Map([
        [0, a],
        [1, b],
      ]),
      photos,
      Infinity,
    )!;
    const [wa, wb] = [photos[0]!.image.confidence[at]!, photos[1]!.image.confidence[at]!];
    for (const k of [0, 1, 2] as const)
      expect(point[k]).toBeCloseTo((wa * a.point[k] + wb * b.point[k]) / (wa + wb), 9);
  });

  test("leaves out the photo that disagrees, and the track when none agree", () => {
    const track = growTracks(photos, { pairs: scene.pairs, cell: 4, radius: 1.5 }).find(({ size }) => size === 5)!;
    const wrong = { ...track.get(2)!, x: track.get(2)!.x + 20 };
    const kept = trackPoint(new Map([...track, [2, wrong]]), photos, 1.5)!;
    expect(kept.observations.map(({ image }) => image).sort()).toEqual([0, 1, 3, 4]);
    expect(Math.max(...kept.observations.map(({ error }) => error))).toBeLessThan(0.5);
    const others = [...track].map(([image, seen], i) => [image, { ...seen, x: seen.x + 20 * (i + 1) }] as const);
    expect(trackPoint(new Map(others), photos, 1.5)).toBeUndefined();
  });
});

describe("sceneTracks", () => {
  test("every observation is where its camera sees the point, and the point is on the true surface", () => {
    const { count, positions, starts, images, xy, errors } = sceneTracks(scene, 1);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.03);
    const { originalFromNetwork: map } = synthetic.views[0]!;
    for (let i = 0; i < count; i++) {
      const first = starts[i]!;
      const image = images[first]!;
      const [, , depth] = projected(photos[image]!, [positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!]);
      const [x, y] = [map.scaleX * xy[2 * first]! + map.offsetX, map.scaleY * xy[2 * first + 1]! + map.offsetY];
      expect(Math.abs(depth / synthetic.depthAt(image, x, y) - 1)).toBeLessThan(0.02);
    }
  });

  test("points below the confidence take no part", () => {
    const sure = sceneTracks(scene, 6);
    expect(sure.count).toBeGreaterThan(50);
    expect(sure.count).toBeLessThan(sceneTracks(scene, 1).count);
    for (const [k, image] of sure.images.entries())
      expect(scene.images[image]!.confidence[sure.pixels[k]!]).toBeGreaterThanOrEqual(6);
  });

  test("moving the world moves the points and nothing else", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 5, noNaN: true }), (shift) => {
        const newFromOld = rigidPose([0, -1, 0, 1, 0, 0, 0, 0, 1], [shift, 2, -shift]);
        const moved: Scene = {
          ...scene,
          images: scene.images.map((image) => ({
            ...image,
            worldFromCam: composePoses(newFromOld, image.worldFromCam),
          })),
        };
        const [before, after] = [sceneTracks(scene, 3), sceneTracks(moved, 3)];
        // Rounding may tip a few matches that are as good as another.
        expect(Math.abs(after.count / before.count - 1)).toBeLessThan(0.02);
      }),
      { numRuns: 3 },
    );
  });

  test("photos that see nothing in common, and a photo alone, have none", () => {
    const apart = scene.images.map((image, i) => {
      return { ...image, worldFromCam: rigidPose([1, 0, 0, 0, 1, 0, 0, 0, 1], [1000 * i, 0, 0]) };
    });
    expect(sceneTracks({ ...scene, images: apart }, 1).count).toBe(0);
    const alone = { ...scene.images[0]!, worldFromCam: identityPose() };
    expect(sceneTracks({ ...scene, images: [alone], pairs: [] }, 1).count).toBe(0);
  });
});

import { expect, test } from "vitest";
import { syntheticScene } from "../../../test/synthetic-scene.ts";
import { type TrackObservation, type TrackPoint, trackPointsOf } from "../../core/track-points.ts";
import { choosePointFilter } from "../point-filter.ts";
import { sceneWarnings } from "../scene-warnings.ts";
import { sceneTracks } from "./scene-tracks.ts";
import { summarizeTracks } from "./summarize-tracks.ts";

const names = ["a.jpg", "b.jpg", "c.jpg"];
const { scene, views } = syntheticScene({ names, size: { width: 96, height: 72 }, scale: 2 });

function track(...seen: readonly (readonly [image: number, error: number])[]): TrackPoint {
  const observations = seen.map(([image, error]): TrackObservation => ({ image, error, pixel: 0, x: 0, y: 0 }));
  return { point: [0, 0, 1], observations };
}

test("points, connections and errors are counted", () => {
  const many = Array.from({ length: 15 }, () => track([0, 0.25], [1, 0.5]));
  const { points, images, sharedPoints } = summarizeTracks(trackPointsOf([...many, track([0, 4.25], [2, 1])]), views);
  expect(points).toBe(16);
  expect(sharedPoints(1, 0)).toBe(15);
  expect(sharedPoints(1, 2)).toBe(0);
  // Errors are in original pixels, of which a network pixel has two.
  expect(images).toEqual([
    { points: 16, connections: 1, reprojectionError: 1, medianError: 0.5 },
    { points: 15, connections: 1, reprojectionError: 1, medianError: 1 },
    { points: 1, connections: 0, reprojectionError: 2, medianError: 2 },
  ]);
  expect(summarizeTracks(trackPointsOf([]), views).images[0]).toEqual({
    points: 0,
    connections: 0,
    reprojectionError: null,
    medianError: null,
  });
});

test("a photo in a wrong place is named", () => {
  const images = scene.images.map((image, i) => {
    return i === 1
      ? { ...image, worldFromCam: image.worldFromCam.map((value, k) => (k === 11 ? value + 50 : value)) }
      : image;
  });
  const wrong = { ...scene, images };
  const warningsOf = (each: typeof scene) => {
    const trackSummary = summarizeTracks(sceneTracks(each, 3), views);
    return sceneWarnings(each, views, { filter: choosePointFilter(each, 3), minConfidence: 3, trackSummary });
  };
  expect(warningsOf(scene)).toEqual([]);
  expect(warningsOf(wrong)).toEqual(["b.jpg agrees with no other photo on any point: its pose is doubtful."]);
});

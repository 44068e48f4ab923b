import { describe, expect, test } from "vitest";
import { oraclePredictions, oracleViews } from "../../test/oracle-pairs.ts";
import { roomCameras, roomDepth } from "../../test/synthetic-pairs.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { estimateFocals } from "./photo-focals.ts";

const sizes = [
  { width: 64, height: 48 },
  { width: 48, height: 64 },
];
const room = roomCameras(sizes, "focals");
const cameras = room.map((camera) => {
  const { size, focal, worldFromCam } = camera;
  return { ...size, intrinsics: centeredIntrinsics(size, focal), worldFromCam, depth: roomDepth(camera) };
});
const views = oracleViews(cameras, { scale: 5 });

describe("focal lengths of perfect pointmaps, in original pixels", () => {
  test("monocular", () => {
    const [found] = estimateFocals(views.slice(0, 1), oraclePredictions(cameras, [[0, 0]]));
    expect(found!.focal / (5 * room[0]!.focal)).toBeCloseTo(1, 4);
    expect(Math.tan(found!.fovX / 2)).toBeCloseTo(views[0]!.original.width / 2 / found!.focal, 10);
  });

  test("binocular, of different shapes", () => {
    const edges = [[0, 1] as const, [1, 0] as const];
    const found = estimateFocals(views, oraclePredictions(cameras, edges));
    found.forEach((focal, i) => {
      expect(focal!.focal / (5 * room[i]!.focal)).toBeCloseTo(1, 4);
    });
  });
});

test("pixels of confidence 1, such as sky, have no say", () => {
  const [prediction] = oraclePredictions(cameras, [[0, 0]]);
  const isSky = (pixel: number) => pixel % 3 === 0;
  const withSky = {
    ...prediction!,
    pointmap1: prediction!.pointmap1.map((x, i) => (isSky(Math.floor(i / 3)) ? 1 + (i % 7) : x)),
    confidence1: prediction!.confidence1.map((c, i) => (isSky(i) ? 1 : c)),
  };
  const [found] = estimateFocals(views.slice(0, 1), [withSky]);
  expect(found!.focal / (5 * room[0]!.focal)).toBeCloseTo(1, 4);
});

test("confidences all 1 weigh equally", () => {
  const [prediction] = oraclePredictions(cameras, [[0, 0]]);
  const unsure = { ...prediction!, confidence1: prediction!.confidence1.map(() => 1) };
  expect(estimateFocals(views.slice(0, 1), [unsure])[0]!.focal / (5 * room[0]!.focal)).toBeCloseTo(1, 4);
});

test("points behind the camera hold no focal length", () => {
  const [prediction] = oraclePredictions(cameras, [[0, 0]]);
  const behind = { ...prediction!, pointmap1: prediction!.pointmap1.map((x) => -x) };
  expect(estimateFocals(views.slice(0, 1), [behind])).toEqual([undefined]);
});

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

describe("one ordered pair", () => {
  test("gives the focal length of its second view too", () => {
    const found = estimateFocals(views, oraclePredictions(cameras, [[0, 1]]));
    found.forEach((focal, i) => {
      expect(focal!.focal / (5 * room[i]!.focal)).toBeCloseTo(1, 2);
    });
  });

  test("a second view whose points fix no pose has none", () => {
    const [prediction] = oraclePredictions(cameras, [[0, 1]]);
    const nowhere = { ...prediction!, pointmap2: prediction!.pointmap2.map(() => 1) };
    expect(estimateFocals(views, [nowhere])[1]).toBeUndefined();
  });
});

describe("a shared focal length", () => {
  // The network sees the second photo at half the resolution.
  const focals = [60, 30];
  const own = cameras.map((camera, i) => {
    const focal = focals[i]!;
    return { ...camera, intrinsics: centeredIntrinsics(camera, focal), depth: roomDepth({ ...room[i]!, focal }) };
  });
  const predictions = oraclePredictions(own, [
    [0, 1],
    [1, 0],
  ]);
  const scaled = [views[0]!, { ...views[1]!, originalFromNetwork: { scaleX: 10, scaleY: 10, offsetX: 0, offsetY: 0 } }];

  test("is estimated from all photos, in original pixels", () => {
    const found = estimateFocals(scaled, predictions, { shared: true });
    expect(found[0]!.focal / 300).toBeCloseTo(1, 4);
    expect(found[1]!.focal).toBe(found[0]!.focal);
    expect(found[1]!.fovX).toBeLessThan(found[0]!.fovX);
  });

  test("lies between those of the single photos", () => {
    const stretched = predictions.map((prediction, k) => ({
      ...prediction,
      pointmap1: prediction.pointmap1.map((x, i) => (i % 3 === 2 ? (k === 0 ? 0.9 : 1.1) * x : x)),
    }));
    const alone = estimateFocals(scaled, stretched).map((focal) => focal!.focal);
    const [together] = estimateFocals(scaled, stretched, { shared: true });
    expect(alone[0]! / 300).toBeCloseTo(0.9, 3);
    expect(alone[1]! / 300).toBeCloseTo(1.1, 3);
    expect(together!.focal).toBeGreaterThan(alone[0]! + 1);
    expect(together!.focal).toBeLessThan(alone[1]! - 1);
  });

  test("is not asked of photos of different sizes", () => {
    const other = { ...views[1]!, original: { width: 100, height: 80 } };
    expect(() => estimateFocals([views[0]!, other], predictions, { shared: true })).toThrow(
      /photo-0\.jpg is 332x252 and photo-1\.jpg 100x80 pixels: only photos of one size/,
    );
  });
});

test("pixels of confidence 1, such as sky, are ignored", () => {
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

test("points behind the camera determine no focal length", () => {
  const [prediction] = oraclePredictions(cameras, [[0, 0]]);
  const behind = { ...prediction!, pointmap1: prediction!.pointmap1.map((x) => -x) };
  expect(estimateFocals(views.slice(0, 1), [behind])).toEqual([undefined]);
});

describe("a focal length in EXIF data", () => {
  const [prediction] = oraclePredictions(cameras, [[0, 0]]);
  const own = 5 * room[0]!.focal;
  const found = (exifFocal: number, { ignoreExif = false, confidence = 3 } = {}) => {
    const sure = { ...prediction!, confidence1: prediction!.confidence1.map(() => confidence) };
    return estimateFocals([{ ...views[0]!, exifFocal }], [sure], { ignoreExif })[0]!;
  };

  test("is a prior of nine times the weight of what the network says", () => {
    const { focal, source } = found(1.3 * own);
    expect(source).toBe("exif");
    expect(Math.log(focal / own) / Math.log(1.3)).toBeCloseTo(0.12 ** -2 / (0.12 ** -2 + 0.35 ** -2), 3);
  });

  test("is not believed where a confident network sees another lens, nor when told so", () => {
    for (const answer of [found(2.5 * own), found(1.3 * own, { ignoreExif: true })]) {
      expect(answer.source).toBe("network");
      expect(answer.focal / own).toBeCloseTo(1, 4);
    }
    expect(found(2.5 * own, { confidence: 1.2 }).source).toBe("exif");
  });

  test("is the answer where the points hold none", () => {
    const behind = { ...prediction!, pointmap1: prediction!.pointmap1.map((x) => -x) };
    const [answer] = estimateFocals([{ ...views[0]!, exifFocal: 321 }], [behind]);
    expect(answer).toMatchObject({ focal: 321, source: "exif" });
  });

  test("of photos that share theirs counts for all of them", () => {
    const pairs = oraclePredictions(cameras, [
      [0, 1],
      [1, 0],
    ]);
    const some = [views[0]!, { ...views[1]!, exifFocal: 1.2 * own, original: views[0]!.original }];
    const shared = estimateFocals(some, pairs, { shared: true });
    expect(shared.map((focal) => focal!.source)).toEqual(["exif", "exif"]);
    expect(shared[0]!.focal).toBe(shared[1]!.focal);
  });
});

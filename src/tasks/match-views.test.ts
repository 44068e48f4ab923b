import { beforeAll, describe, expect, test } from "vitest";
import { type OracleCamera, oraclePredictions, oracleViews } from "../../test/oracle-pairs.ts";
import type { PairPrediction } from "../core/pair-prediction.ts";
import type { View } from "../core/view.ts";
import { projectPoints, unprojectDepth } from "../geometry/camera.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { composePoses, invertRigid, transformPoints } from "../geometry/pose.ts";
import { generateScene } from "../procedural/generate-scene.ts";
import { matchViews, type PhotoMatches } from "./match-views.ts";

const BOTH = [[0, 1] as const, [1, 0] as const];
let cameras: readonly OracleCamera[];
let views: [View, View];
let predictions: PairPrediction[];

beforeAll(() => {
  cameras = generateScene(5, 2, { views: 2, width: 64, height: 48, casual: false }).views;
  views = oracleViews(cameras) as [View, View];
  predictions = oraclePredictions(cameras, BOTH);
});

/** Where the scene's point behind each match of photo 1 is seen in photo 2: its distance from the match, in pixels. */
function distances({ pixels1, pixels2 }: PhotoMatches): number[] {
  const [camera1, camera2] = cameras as [OracleCamera, OracleCamera];
  const intrinsics2 = originalIntrinsics(camera2.intrinsics, views[1].originalFromNetwork);
  const cam2FromCam1 = composePoses(invertRigid(camera2.worldFromCam), camera1.worldFromCam);
  const points = transformPoints(cam2FromCam1, unprojectDepth(camera1.depth, camera1, camera1.intrinsics));
  const { scaleX, offsetX, offsetY } = views[0].originalFromNetwork;
  return Array.from({ length: pixels1.length / 2 }, (_, i) => {
    const [column, row] = [(pixels1[2 * i]! - offsetX) / scaleX, (pixels1[2 * i + 1]! - offsetY) / scaleX];
    expect(Math.abs(column - Math.round(column)) + Math.abs(row - Math.round(row))).toBeLessThan(1e-4);
    const at = 3 * (Math.round(row) * camera1.width + Math.round(column));
    const [x, y] = projectPoints(points.slice(at, at + 3), intrinsics2);
    return Math.hypot(x! - pixels2[2 * i]!, y! - pixels2[2 * i + 1]!);
  });
}

describe("matches of perfect pointmaps", () => {
  test("lie well within a network pixel of the truth, in original pixels", () => {
    const matches = matchViews(views, predictions);
    expect(matches.confidence.length).toBeGreaterThan(500);
    const sorted = distances(matches).sort((a, b) => a - b);
    expect(sorted[Math.floor(0.5 * sorted.length)]).toBeLessThan(0.1);
    expect(sorted[Math.floor(0.9 * sorted.length)]).toBeLessThan(1);
  });

  test("each pixel occurs once, the most confident first", () => {
    const { pixels1, pixels2, confidence } = matchViews(views, predictions);
    for (const pixels of [pixels1, pixels2]) {
      const distinct = new Set(Array.from(confidence, (_, i) => `${pixels[2 * i]} ${pixels[2 * i + 1]}`));
      expect(distinct.size).toBe(confidence.length);
    }
    expect(confidence).toEqual(confidence.toSorted().reverse());
  });

  test("do not depend on the order of the predictions, and either one is enough", () => {
    const both = matchViews(views, predictions);
    expect(matchViews(views, predictions.toReversed()).confidence.length).toBeCloseTo(both.confidence.length, -2);
    for (const prediction of predictions) {
      const alone = matchViews(views, [prediction]);
      expect(alone.confidence.length).toBeGreaterThan(0.7 * both.confidence.length);
      const sorted = distances(alone).sort((a, b) => a - b);
      expect(sorted[sorted.length >> 1]).toBeLessThan(0.1);
    }
  });

  test("a photo with itself: every known pixel with itself", () => {
    const twice = [cameras[0]!, cameras[0]!];
    const known = cameras[0]!.depth.filter((z) => z > 0).length;
    const { pixels1, pixels2 } = matchViews(views, oraclePredictions(twice, BOTH));
    expect(pixels1).toEqual(pixels2);
    expect(pixels1.length / 2).toBe(known);
  });
});

describe("the confidence asked for", () => {
  test("is reached by both pixels of every match", () => {
    const strict = matchViews(views, predictions, { minConfidence: 8 });
    expect(strict.confidence.length).toBeGreaterThan(0);
    expect(strict.confidence.at(-1)).toBeGreaterThanOrEqual(8);
  });

  test("none reaches it: no matches", () => {
    expect(matchViews(views, predictions, { minConfidence: 1000 })).toEqual({
      pixels1: new Float32Array(),
      pixels2: new Float32Array(),
      confidence: new Float32Array(),
    });
  });

  test("left out, weights of low confidence everywhere still match", () => {
    const unsure = predictions.map((prediction) => ({
      ...prediction,
      confidence1: new Float32Array(prediction.confidence1.length).fill(1),
      confidence2: new Float32Array(prediction.confidence2.length).fill(1),
    }));
    expect(matchViews(views, unsure).confidence.length).toBeGreaterThan(500);
  });
});

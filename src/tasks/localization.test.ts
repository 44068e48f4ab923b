import { describe, expect, test } from "vitest";
import { type OracleCamera, type OracleNoise, oraclePredictions } from "../../test/oracle-pairs.ts";
import { poseDifference } from "../../test/pose-errors.ts";
import { roomCameras, roomDepth } from "../../test/synthetic-pairs.ts";
import { centeredIntrinsics, unprojectDepth } from "../geometry/camera.ts";
import { composePoses, invertRigid, rigidPose, transformPoints } from "../geometry/pose.ts";
import type { Localization, MapObservation } from "./localization.ts";
import { localizeBothWays } from "./localize-both-ways.ts";
import { localizeByCorrespondences } from "./localize-by-correspondences.ts";
import { localizeByRelativePose } from "./localize-by-relative-pose.ts";

const landscape = { width: 64, height: 48 };
const portrait = { width: 48, height: 64 };

/** The query first, then the cameras of the map. */
function oracleRoom(seed: string): OracleCamera[] {
  return roomCameras([portrait, landscape, landscape, portrait], seed).map((camera) => {
    const { size, focal, worldFromCam } = camera;
    return { ...size, intrinsics: centeredIntrinsics(size, focal), worldFromCam, depth: roomDepth(camera) };
  });
}

/** Predictions for the query with each camera of the map; `keep` says which points of the map are known. */
function observe(
  cameras: readonly OracleCamera[],
  { keep = () => true, noise }: { keep?: (pixel: number) => boolean; noise?: OracleNoise } = {},
): MapObservation[] {
  const edges = cameras.slice(1).map((_, i) => [0, i + 1] as const);
  const predictions = oraclePredictions(cameras, edges, noise && { noise });
  return predictions.map((prediction) => {
    const camera = cameras[prediction.view2]!;
    const { intrinsics, worldFromCam, depth } = camera;
    const points = Float64Array.from(unprojectDepth(depth, camera, intrinsics));
    const worldPoints = transformPoints(worldFromCam, points);
    depth.forEach((z, i) => {
      if (!(z > 0 && keep(i))) worldPoints.fill(Number.NaN, 3 * i, 3 * i + 3);
    });
    return { prediction, mapView: { intrinsics, worldFromCam, worldPoints } };
  });
}

function errorOf(found: Localization, query: OracleCamera): { degrees: number; distance: number } {
  if (found.status === "failed") throw new Error(found.reason);
  return poseDifference(invertRigid(found.camFromWorld), query.worldFromCam);
}

const WAYS = [
  ["correspondences", localizeByCorrespondences],
  ["relative pose", localizeByRelativePose],
] as const;

describe.each(WAYS)("by %s", (_, localize) => {
  test.each(["a", "b", "c"])("perfect pointmaps: room %s", (seed) => {
    const cameras = oracleRoom(seed);
    const query = cameras[0]!;
    const known = localize(observe(cameras), { intrinsics: query.intrinsics });
    expect(errorOf(known, query).degrees).toBeLessThan(0.2);
    expect(errorOf(known, query).distance).toBeLessThan(0.02);
    const unknown = localize(observe(cameras));
    expect(errorOf(unknown, query).degrees).toBeLessThan(0.5);
    expect(errorOf(unknown, query).distance).toBeLessThan(0.05);
    if (unknown.status === "ok") expect(unknown.intrinsics.fx / query.intrinsics.fx).toBeCloseTo(1, 1);
  });

  test("a map of which few points are known", () => {
    const cameras = oracleRoom("sparse");
    const found = localize(observe(cameras, { keep: (pixel) => pixel % 23 === 0 }));
    expect(errorOf(found, cameras[0]!).degrees).toBeLessThan(1);
    expect(errorOf(found, cameras[0]!).distance).toBeLessThan(0.15);
  });

  test("a map without any known point, and no map at all", () => {
    expect(localize(observe(oracleRoom("empty"), { keep: () => false })).status).toBe("failed");
    expect(localize([]).status).toBe("failed");
  });

  test("a query that shows something else is not located", () => {
    for (const seed of ["x", "y", "z", "u", "v"]) {
      const [, ...map] = oracleRoom(seed);
      const elsewhere = oracleRoom(`${seed} elsewhere`)[0]!;
      const moved = elsewhere.worldFromCam.map((x, i) => (i % 4 === 3 && i < 12 ? 0.7 * x + 0.4 : x));
      // A network that takes the query for a part of the room and is wrong everywhere.
      const noise = { white: 0.1, smooth: 0.5, lateral: 0.5, outliers: 0.3 };
      const found = localize(observe([{ ...elsewhere, worldFromCam: moved }, ...map], { noise }));
      expect(found.status, JSON.stringify(found)).toBe("failed");
    }
  });
});

describe("localization that should not be trusted", () => {
  const cameras = oracleRoom("a");
  const query = cameras[0]!;

  test("both ways agree: the matches' pose and no doubt", () => {
    const { found, doubts } = localizeBothWays(observe(cameras), {});
    expect(doubts).toEqual([]);
    expect(errorOf(found, query).degrees).toBeLessThan(0.5);
  });

  test("both ways disagree: it is said by how much", () => {
    const [observation] = observe(cameras.slice(0, 2));
    const { mapView } = observation!;
    // The map's points, but turned about the axis of its camera: only matches see that.
    const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    const turned = composePoses(mapView.worldFromCam, rigidPose([c, -s, 0, s, c, 0, 0, 0, 1], [0, 0, 0]));
    const worldPoints = transformPoints(composePoses(turned, invertRigid(mapView.worldFromCam)), mapView.worldPoints);
    const { doubts } = localizeBothWays([{ ...observation!, mapView: { ...mapView, worldPoints } }], {});
    expect(doubts).toEqual(["the two ways to locate it disagree by 30°"]);
  });

  test("the camera of the map's photos is believed where the query fits it, and only there", () => {
    const likely = { ...query.intrinsics, fx: 1.001 * query.intrinsics.fx };
    const same = localizeBothWays(observe(cameras), { likely: { intrinsics: likely, source: "map" } }).found;
    expect(same).toMatchObject({ status: "ok", intrinsics: likely, focalSource: "map" });
    const tele = { ...query.intrinsics, fx: 3 * query.intrinsics.fx, fy: 3 * query.intrinsics.fy };
    const other = localizeBothWays(observe(cameras), { likely: { intrinsics: tele, source: "exif" } }).found;
    expect(other).toMatchObject({ focalSource: "network" });
    expect(other.status === "ok" && other.intrinsics.fx / query.intrinsics.fx).toBeCloseTo(1, 1);
    expect(errorOf(other, query).degrees).toBeLessThan(0.5);
  });
});

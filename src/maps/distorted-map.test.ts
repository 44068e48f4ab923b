import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type KnownPhoto, networkCamera, oracleNetwork } from "../../test/oracle-network.ts";
import { poseDifference } from "../../test/pose-errors.ts";
import { writePhoto } from "../../test/room-photos.ts";
import { roomCameras, roomDepth } from "../../test/synthetic-pairs.ts";
import { writeColmapModel } from "../../test/write-colmap-model.ts";
import type { Distortion, Lens } from "../core/lens.ts";
import { silentLogger } from "../core/logger.ts";
import { lensPixel, pinholePixel, pinholeWithin } from "../geometry/lens.ts";
import { invertRigid, transformPoints } from "../geometry/pose.ts";
import { loadView, loadViews } from "../images/load-views.ts";
import { EncodedMap } from "../pipeline/encoded-map.ts";
import { localizeViews } from "../pipeline/localize-photos.ts";
import { straightenedViews } from "../pipeline/straightened-views.ts";
import { openMap } from "./open-map.ts";
import { sharedLens } from "./shared-lens.ts";

const PLAN = { size: 64, patchSize: 16 };
const size = { width: 160, height: 120 };
const intrinsics = { fx: 120, fy: 120, cx: 81, cy: 58 };
const CASES: readonly (readonly [string, Distortion, readonly number[]])[] = [
  ["OPENCV", { model: "radial", k: [-0.2, 0.03, 0, 0, 0, 0], p: [0.004, -0.006] }, [-0.2, 0.03, 0.004, -0.006]],
  ["OPENCV_FISHEYE", { model: "fisheye", k: [0.02, -0.01, 0, 0] }, [0.02, -0.01, 0, 0]],
];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-distorted-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each(CASES)("a COLMAP model of %s cameras", (model, distortion, coefficients) => {
  const lens: Lens = { ...size, intrinsics, distortion };
  const pinhole = pinholeWithin(lens, size);
  /** What the photos show once their lines are straight. */
  const photos = roomCameras([size, size, size, size], "distorted").map(({ worldFromCam }): KnownPhoto => {
    const depth = roomDepth({ size, focal: pinhole.fx, worldFromCam });
    return { ...size, intrinsics: pinhole, worldFromCam, depth };
  });
  const known = new Map(photos.map((photo, i) => [`${i}.jpg`, photo]));
  const at = (...path: string[]) => join(folder, model, ...path);

  beforeAll(async () => {
    // The second photo is a copy of half the size.
    const copies = photos.map((photo, i) => (i === 1 ? { ...photo, width: 80, height: 60 } : photo));
    for (const [i, photo] of copies.entries()) await writePhoto(at("images", `${i}.jpg`), photo);
    await writeColmapModel(at("sparse/0"), photos.slice(0, 3), {
      model,
      params: [120, 120, 81.5, 58.5, ...coefficients],
      pixel: (x, y) => lensPixel(lens, pinhole, x, y),
    });
  });

  test("the photos are undistorted for the network, and points are where that puts them", async () => {
    const map = await openMap(at());
    for (const [i, { name, path, lens: own }] of map.photos.entries()) {
      const view = await loadView(path, name, { ...PLAN, lens: own });
      expect(view.straightening!.pinhole.fx / view.original.width).toBeCloseTo(pinhole.fx / 160, 6);
      const camera = await map.camera(i);
      expect(camera.intrinsics.fx).toBeCloseTo(pinhole.fx, 6);
      if (i === 1) continue;
      const inCamera = transformPoints(invertRigid(photos[i]!.worldFromCam), await camera.worldPoints(view));
      const { depth } = networkCamera(photos[i]!, view);
      const ratios = Array.from(depth, (z, pixel) => inCamera[3 * pixel + 2]! / z).filter((x) => !Number.isNaN(x));
      expect(ratios.length).toBeGreaterThan(400);
      for (const ratio of ratios) expect(ratio).toBeCloseTo(1, 1);
    }
  });

  test("a query of the same camera is undistorted, too, and located", async () => {
    const map = await openMap(at());
    const files = [at("images/3.jpg")];
    const told: string[] = [];
    const logger = { ...silentLogger, info: (text: string) => void told.push(text) };
    const views = await loadViews(files, PLAN);
    const queries = await straightenedViews(views, sharedLens(map), { files, plan: PLAN, logger });
    expect(told).toEqual([expect.stringMatching(/Undistorted by the .*lens of the map's photos, .*: 3\.jpg/)]);
    const [found] = await localizeViews(queries, new EncodedMap(map, { network: oracleNetwork(known), plan: PLAN }));
    expect(found).toMatchObject({ problem: undefined, focalSource: "map" });
    const { degrees, distance } = poseDifference(invertRigid(found!.camFromWorld!), photos[3]!.worldFromCam);
    expect(degrees).toBeLessThan(1);
    expect(distance).toBeLessThan(0.1);
  });

  test("a query of another size stays as it is", async () => {
    const files = [at("images/1.jpg")];
    const views = await loadViews(files, PLAN);
    expect(await straightenedViews(views, sharedLens(await openMap(at())), { files, plan: PLAN })).toEqual(views);
  });

  test("what a lens bends is straight again", () => {
    for (const [x, y] of [
      [3, 4],
      [80, 60],
      [156, 20],
      [20, 117],
    ] as const) {
      const [u, v] = pinholePixel(lens, pinhole, ...lensPixel(lens, pinhole, x, y));
      expect(u).toBeCloseTo(x, 6);
      expect(v).toBeCloseTo(y, 6);
    }
  });
});

test("a camera that cannot be undistorted is refused by name", async () => {
  const at = (...path: string[]) => join(folder, "fov", ...path);
  const photos = roomCameras([size], "fov").map((camera): KnownPhoto => {
    return { ...size, intrinsics, worldFromCam: camera.worldFromCam, depth: roomDepth(camera) };
  });
  await writePhoto(at("images/0.jpg"), size);
  await writeColmapModel(at("sparse/0"), photos, { model: "FOV", params: [1, 1, 1, 1, 1], pixel: (x, y) => [x, y] });
  await expect(openMap(at())).rejects.toThrow(/cameras\.txt: cameras of the model FOV cannot be undistorted/);
});

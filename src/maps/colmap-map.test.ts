import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type KnownPhoto, networkCamera, oracleNetwork } from "../../test/oracle-network.ts";
import { poseDifference } from "../../test/pose-errors.ts";
import { writePhoto } from "../../test/room-photos.ts";
import { roomCameras, roomDepth } from "../../test/synthetic-pairs.ts";
import { writeColmapModel } from "../../test/write-colmap-model.ts";
import { centeredIntrinsics } from "../geometry/camera.ts";
import { invertRigid, transformPoints } from "../geometry/pose.ts";
import { loadViews } from "../images/load-views.ts";
import { EncodedMap } from "../pipeline/encoded-map.ts";
import { localizeViews } from "../pipeline/localize-photos.ts";
import { openMap } from "./open-map.ts";

const PLAN = { size: 64, patchSize: 16 };
let folder: string;
let known: ReadonlyMap<string, KnownPhoto>;

/** A COLMAP project: three photos, each with points at some of its pixels, and a query that is not part of it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-colmap-"));
  const size = { width: 160, height: 120 };
  const cameras = roomCameras([size, size, size, size], "colmap").map((camera): KnownPhoto => {
    const { focal, worldFromCam } = camera;
    return { ...size, intrinsics: centeredIntrinsics(size, focal), worldFromCam, depth: roomDepth(camera) };
  });
  known = new Map(cameras.map((camera, i) => [`${i}.jpg`, camera]));
  await mkdir(join(folder, "images"));
  for (const [name, photo] of known) await writePhoto(join(folder, "images", name), photo);
  await writeColmapModel(join(folder, "sparse/0"), cameras.slice(0, 3));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a COLMAP model says where its photos and points are", async () => {
  const map = await openMap(folder);
  const { units, photos } = map;
  expect(units).toBe("arbitrary");
  expect(photos.map(({ name }) => name)).toEqual(["0.jpg", "1.jpg", "2.jpg"]);
  const truth = known.get("1.jpg")!;
  const photo = await map.camera(1);
  for (const key of ["fx", "fy", "cx", "cy"] as const)
    expect(photo.intrinsics[key]).toBeCloseTo(truth.intrinsics[key], 9);
  expect(poseDifference(photo.worldFromCam, truth.worldFromCam).distance).toBeLessThan(1e-9);

  const [view] = await loadViews([photos[1]!.path], PLAN);
  const points = await photo.worldPoints(view!);
  const inCamera = transformPoints(invertRigid(truth.worldFromCam), points);
  const { depth } = networkCamera(truth, view!);
  const ratios = Array.from(depth, (z, i) => inCamera[3 * i + 2]! / z).filter((ratio) => !Number.isNaN(ratio));
  expect(ratios.length).toBeGreaterThan(400);
  for (const ratio of ratios) expect(ratio).toBeCloseTo(1, 1);
});

test.each(["auto", "correspondences", "relative"] as const)("a query is located in it by %s", async (method) => {
  const encodedMap = new EncodedMap(await openMap(folder), { network: oracleNetwork(known), plan: PLAN });
  const queries = await loadViews([join(folder, "images/3.jpg")], PLAN);
  const [found] = await localizeViews(queries, encodedMap, { method });
  expect(found!.problem).toBeUndefined();
  const { degrees, distance } = poseDifference(invertRigid(found!.camFromWorld!), known.get("3.jpg")!.worldFromCam);
  expect(degrees).toBeLessThan(1);
  expect(distance).toBeLessThan(0.1);
});

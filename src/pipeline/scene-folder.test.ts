import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodeImage } from "#platform";
import { type KnownPhoto, oracleNetwork } from "../../test/oracle-network.ts";
import { roomPhotos, writePhoto } from "../../test/room-photos.ts";
import type { Lens } from "../core/lens.ts";
import { readCameras } from "../formats/colmap/read-model.ts";
import { pinholeWithin } from "../geometry/lens.ts";
import { loadViews } from "../images/load-views.ts";
import { undistort } from "../images/undistort.ts";
import { reconstructViews } from "./reconstruct.ts";
import { reconstructedPhotos } from "./reconstruction.ts";
import { writeSceneFolder } from "./scene-folder.ts";

const size = { width: 160, height: 120 };
const distortion = { model: "radial", k: [-0.2, 0.03, 0, 0, 0, 0], p: [0.004, -0.006] } as const;
const lens: Lens = { ...size, intrinsics: { fx: 120, fy: 120, cx: 81, cy: 58 }, distortion };
const pinhole = pinholeWithin(lens, size);
const NAMES = ["a.png", "b.png"];
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "dust3r-scene-folder-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("K with distortion: photos, cameras and transforms are all of the undistorted photo; scene.json keeps the lens", async () => {
  const photos = roomPhotos(2, { ...size, focal: pinhole.fx });
  const known = new Map<string, KnownPhoto>(NAMES.map((name, i) => [name, photos[i]!]));
  const files = NAMES.map((name) => join(folder, name));
  for (const [i, file] of files.entries()) await writePhoto(file, photos[i]!);
  const { fx, fy, cx, cy } = lens.intrinsics;
  const lenses = { shared: { fx, fy, principalPoint: [cx, cy] as const, size, distortion }, byPhoto: new Map() };
  const views = await loadViews(files, { size: 64, patchSize: 16, lenses });
  const scene = await reconstructViews({ network: oracleNetwork(known) }, views, { priors: { lenses } });
  const run = { model: { name: "oracle", dtype: "fp32", device: "cpu" }, timings: {}, peakMemoryBytes: 0 } as const;
  const out = join(folder, "out");
  const kinds = ["colmap", "nerfstudio"] as const;
  await writeSceneFolder({ photos: reconstructedPhotos(scene, views), scene, views, files, run }, out, { kinds });

  const original = await decodeImage(files[0]!);
  const straight = undistort(original, lens, size, pinhole);
  const exported = await decodeImage(join(out, "colmap/images/a.png"));
  const difference = straight.rgb.reduce((sum, value, i) => sum + Math.abs(value - exported.rgb[i]!), 0);
  expect(difference / straight.rgb.length).toBeLessThan(0.5);

  const path = join(out, "colmap/sparse/0/cameras.bin");
  for (const camera of readCameras({ path, bytes: new Uint8Array(await readFile(path)) }).values()) {
    expect(camera.model).toBe("PINHOLE");
    for (const [i, value] of [pinhole.fx, pinhole.fy, pinhole.cx + 0.5, pinhole.cy + 0.5].entries())
      expect(camera.params[i]).toBeCloseTo(value, 6);
  }
  const transforms = JSON.parse(await readFile(join(out, "transforms.json"), "utf8"));
  expect(transforms.frames[0]).toMatchObject({ file_path: "colmap/images/a.png", w: 160, h: 120 });
  expect(transforms.frames[0].fl_x).toBeCloseTo(pinhole.fx, 6);
  expect(transforms.k1 ?? transforms.frames[0].k1 ?? 0).toBe(0);

  const [image] = JSON.parse(await readFile(join(out, "scene.json"), "utf8")).images;
  expect(image.K[0][0]).toBeCloseTo(pinhole.fx, 6);
  expect(image.lens).toMatchObject({ model: "radial", k: distortion.k, p: distortion.p });
  expect(image.lens.K).toEqual([
    [120, 0, 81],
    [0, 120, 58],
    [0, 0, 1],
  ]);
});

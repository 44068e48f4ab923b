import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Scene } from "../src/core/scene.ts";
import { colmapBinaryFiles, colmapModel, colmapTextFiles } from "../src/export/colmap.ts";
import { sceneTracks } from "../src/export/tracks/scene-tracks.ts";
import { type ColmapModel, NO_POINT } from "../src/formats/colmap/model.ts";
import { readColmapModel } from "../src/formats/colmap/read-model.ts";
import { composePoses, invertRigid, rigidPose, rotationOf, translationOf } from "../src/geometry/pose.ts";
import { quaternionFromRotation, rotationFromVector } from "../src/geometry/rotation.ts";
import { parsePoses } from "../src/priors/parse-poses.ts";
import { SAMPLE_PHOTOS } from "./cli/photos.ts";
import { posesOf, reprojectionErrors } from "./colmap-model.ts";
import { cameraErrors } from "./pose-errors.ts";
import { syntheticScene } from "./synthetic-scene.ts";

/** Needs no screen. */
const ENVIRONMENT = { ...process.env, QT_QPA_PLATFORM: "offscreen" };
const hasColmap = (() => {
  try {
    return execFileSync("colmap", ["help"], { encoding: "utf8", env: ENVIRONMENT }).includes("COLMAP");
  } catch {
    return false;
  }
})();

const NAMES = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
const { scene, views } = syntheticScene({ names: NAMES, size: { width: 128, height: 96 } });

function modelOf(seen: Scene): ColmapModel {
  return colmapModel(seen, views, { tracks: sceneTracks(seen, 3), photoNames: NAMES });
}

// Debian's package (`apt-get install colmap`) is enough.
describe.skipIf(!hasColmap)("COLMAP", () => {
  const root = mkdtempSync(join(tmpdir(), "dust3r-colmap-"));
  afterAll(() => rmSync(root, { recursive: true }));
  const exact = modelOf(scene);
  beforeAll(() => write("exact", exact));

  async function write(folder: string, model: ColmapModel, files = colmapBinaryFiles): Promise<string> {
    mkdirSync(join(root, folder));
    for (const { name, encode } of files(() => model)) writeFileSync(join(root, folder, name), await encode());
    return join(root, folder);
  }

  function read(folder: string, extension: "bin" | "txt"): ColmapModel {
    const [cameras, images, points3D] = ["cameras", "images", "points3D"].map((name) => {
      const path = join(root, folder, `${name}.${extension}`);
      return { path, bytes: readFileSync(path) };
    });
    return readColmapModel({ cameras: cameras!, images: images!, points3D: points3D! });
  }

  function colmap(command: string, ...options: readonly string[]): string {
    return execFileSync("colmap", [command, ...options], { encoding: "utf8", env: ENVIRONMENT });
  }

  function adjust(from: string, to: string): ColmapModel {
    mkdirSync(join(root, to));
    const paths = ["--input_path", join(root, from), "--output_path", join(root, to)];
    colmap("bundle_adjuster", ...paths, "--BundleAdjustment.max_num_iterations", "50");
    return read(to, "bin");
  }

  test("finds in a model what was put there", () => {
    const report = colmap("model_analyzer", "--path", join(root, "exact"));
    const value = (name: string) => Number(new RegExp(`^${name}: ([\\d.]+)`, "m").exec(report)?.[1]);
    expect(value("Cameras")).toBe(4);
    expect(value("Registered images")).toBe(4);
    expect(value("Points")).toBe(exact.points.ids.length);
    expect(value("Points")).toBeGreaterThan(800);
    expect(value("Observations")).toBe(exact.points.tracks.length / 2);
    expect(value("Mean track length")).toBeGreaterThan(2.5);
    expect(value("Mean reprojection error")).toBeLessThan(0.1);
  });

  test("converts a model into what our writers make of it, both ways", async () => {
    await write("text", exact, colmapTextFiles);
    for (const [from, extension] of [
      ["exact", "txt"],
      ["text", "bin"],
    ] as const) {
      mkdirSync(join(root, `${from}-converted`));
      const paths = ["--input_path", join(root, from), "--output_path", join(root, `${from}-converted`)];
      colmap("model_converter", ...paths, "--output_type", extension.toUpperCase());
      const converted = read(`${from}-converted`, extension);
      // COLMAP keeps images and points in no order, and orders tracks by itself.
      const images = converted.images.toSorted((a, b) => a.id - b.id);
      expect(converted.cameras).toEqual(exact.cameras);
      expect(images.map(({ name, keypoints, pointIds }) => ({ name, keypoints, pointIds }))).toEqual(
        exact.images.map(({ name, keypoints, pointIds }) => ({ name, keypoints, pointIds })),
      );
      expect(reprojectionErrors(converted).mean).toBeCloseTo(reprojectionErrors(exact).mean, 9);
    }
  });

  test("stores the errors that its own projection gives", () => {
    const { mean, byPoint } = reprojectionErrors(exact);
    expect(mean).toBeLessThan(0.1);
    for (const [i, error] of exact.points.errors.entries()) expect(byPoint[i]).toBeCloseTo(error, 9);
  });

  test("bundle adjustment brings moved cameras back to where the tracks put them", async () => {
    const images = exact.images.map((image, i) => {
      const [x, y, z] = image.translation;
      return { ...image, translation: [x + 0.02 * (i % 2), y - 0.02 * (i % 3), z + 0.01 * i] as const };
    });
    const moved = { ...exact, images };
    await write("moved", moved);
    const adjusted = adjust("moved", "adjusted");
    expect(reprojectionErrors(moved).mean).toBeGreaterThan(0.5);
    expect(reprojectionErrors(adjusted).mean).toBeLessThan(0.1);
    const worst = (model: ColmapModel) => Math.max(...cameraErrors(posesOf(model), posesOf(exact)).distances);
    expect(worst(adjusted)).toBeLessThan(0.2 * worst(moved));
  });

  test("the triangulator finds points of its own on our poses, whatever our ids and points are", async () => {
    const known = readFileSync(join(SAMPLE_PHOTOS, "scene.json"));
    const poses = [...parsePoses(known, "scene.json").worldFromCam].reverse();
    const images = poses.map(([name, worldFromCam], i) => {
      const camFromWorld = invertRigid(worldFromCam);
      const [x, y, z, w] = quaternionFromRotation(rotationOf(camFromWorld));
      return { ...exact.images[i]!, name, quaternion: [w, x, y, z], translation: translationOf(camFromWorld) } as const;
    });
    const camera = { model: "PINHOLE", width: 640, height: 480, params: [560, 560, 320, 240] } as const;
    await write("posed", { ...exact, images, cameras: new Map([1, 2, 3, 4].map((id) => [id, { id, ...camera }])) });
    mkdirSync(join(root, "triangulated"));
    const database = ["--database_path", join(root, "photos.db")];
    const photos = ["--image_path", SAMPLE_PHOTOS];
    const paths = ["--input_path", join(root, "posed"), "--output_path", join(root, "triangulated")];
    const pinhole = ["--ImageReader.camera_model", "PINHOLE", "--SiftExtraction.use_gpu", "0"];
    colmap("feature_extractor", ...database, ...photos, ...pinhole);
    colmap("exhaustive_matcher", ...database, "--SiftMatching.use_gpu", "0");
    colmap("point_triangulator", ...database, ...photos, ...paths, "--clear_points", "1");
    const found = read("triangulated", "bin");
    expect(found.images.map(({ name }) => name).sort()).toEqual(poses.map(([name]) => name).sort());
    // These photos are far apart for SIFT, but each must see points; with poses mixed up there would be none.
    for (const { pointIds } of found.images) {
      expect(pointIds.filter((id) => id !== NO_POINT).length).toBeGreaterThan(10);
    }
    expect(reprojectionErrors(found).mean).toBeLessThan(1.5);
  });

  test("bundle adjustment improves a scene whose cameras were a little off when its tracks were made", async () => {
    const turned = scene.images.map((image, i) => {
      const turn = rigidPose(rotationFromVector([0.004 * (i % 2), -0.004 * (i % 3), 0]), [0, 0.01 * i, 0]);
      return { ...image, worldFromCam: composePoses(image.worldFromCam, turn) };
    });
    const rough = modelOf({ ...scene, images: turned });
    await write("rough", rough);
    const before = reprojectionErrors(rough).mean;
    const after = reprojectionErrors(adjust("rough", "rough-adjusted")).mean;
    expect(before).toBeGreaterThan(3 * reprojectionErrors(exact).mean);
    expect(after).toBeLessThan(0.8 * before);
  });
});

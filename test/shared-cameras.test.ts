import { describe, expect, test } from "vitest";
import type { Scene } from "../src/core/scene.ts";
import { trackPointsOf } from "../src/core/track-points.ts";
import { colmapModel } from "../src/export/colmap.ts";
import { transformsJson } from "../src/export/nerfstudio.ts";
import { plainSceneJson } from "./plain-scene-json.ts";
import { syntheticScene } from "./synthetic-scene.ts";

const photoNames = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"];
const { scene, views } = syntheticScene({ names: photoNames });

/** Photos 0, 1 and 3 are of one camera, 3 taken upright; 2 is of another with the same focal length. */
const shared: Scene = {
  ...scene,
  images: scene.images.map((image, i) => ({ ...image, camera: i === 2 ? 2 : 0, focalSource: "network" as const })),
};
const turned = views.map((view, i) => {
  const { width, height } = view.original;
  return i === 3 ? { ...view, original: { width: height, height: width } } : view;
});

describe("one camera, many photos, in exports", () => {
  test("COLMAP: one camera for the photos that share it and are the same way up", () => {
    const { cameras, images } = colmapModel(shared, turned, { tracks: trackPointsOf([]), photoNames });
    expect(images.map(({ cameraId }) => cameraId)).toEqual([1, 1, 3, 4]);
    expect([...cameras.keys()]).toEqual([1, 3, 4]);
    for (const [id, camera] of cameras) expect(camera.id).toBe(id);
  });

  test("COLMAP: one for each photo where none share", () => {
    expect(colmapModel(scene, views, { tracks: trackPointsOf([]), photoNames }).cameras.size).toBe(4);
  });

  test("transforms.json: equal values", () => {
    const { frames } = transformsJson(shared, views, { photos: photoNames, ply: "" });
    const lens = frames.map(({ fl_x, fl_y, cx, cy }) => [fl_x, fl_y, cx, cy].join());
    expect(lens[1]).toBe(lens[0]);
  });

  test("scene.json says which photos share, and where focal lengths come from", () => {
    const { images } = plainSceneJson(shared, views);
    expect(images.map(({ camera }) => camera)).toEqual([0, 0, 1, 0]);
    expect(images.map((image) => image.focal_source)).toEqual(["network", "network", "network", "network"]);
  });
});

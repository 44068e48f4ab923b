import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { transformsJson } from "./nerfstudio.ts";

const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg"], scale: 2, crop: [10, 4] });
const files = { photos: ["images/a.jpg", "images/b.jpg"], ply: "init.ply" };

test("a point of the world is where a camera with OpenGL axes and these intrinsics sees it", () => {
  const { frames } = transformsJson(scene, views, files);
  for (const [i, { w, h, fl_x, fl_y, cx, cy, transform_matrix: m }] of frames.entries()) {
    expect([w, h]).toEqual([148, 104]);
    const [x, y] = [60, 44];
    const depth = 2.5;
    // nerfstudio's ray of pixel (x, y): through (x + 0.5, y + 0.5), y up, looking along -z.
    const ray = [(x + 0.5 - cx) / fl_x, -(y + 0.5 - cy) / fl_y, -1].map((value) => value * depth);
    const point = m.slice(0, 3).map((row) => row[0]! * ray[0]! + row[1]! * ray[1]! + row[2]! * ray[2]! + row[3]!);
    const { intrinsics, worldFromCam: p } = scene.images[i]!;
    const { scaleX, offsetX, scaleY, offsetY } = views[i]!.originalFromNetwork;
    const [u, v] = [(x - offsetX) / scaleX, (y - offsetY) / scaleY];
    const seen = [((u - intrinsics.cx) / intrinsics.fx) * depth, ((v - intrinsics.cy) / intrinsics.fy) * depth, depth];
    const expected = [0, 4, 8].map(
      (row) => p[row]! * seen[0]! + p[row + 1]! * seen[1]! + p[row + 2]! * seen[2]! + p[row + 3]!,
    );
    for (const k of [0, 1, 2]) expect(point[k]).toBeCloseTo(expected[k]!, 9);
    expect(m[3]).toEqual([0, 0, 0, 1].map((value) => expect.closeTo(value, 12)));
  }
});

test("only registered photos are listed, each under its own file", () => {
  const partial = { ...scene, images: scene.images.map((image, i) => ({ ...image, registered: i === 1 })) };
  const json = transformsJson(partial, views, files);
  expect(json.frames.map(({ file_path }) => file_path)).toEqual(["images/b.jpg"]);
  expect(json).toMatchObject({ camera_model: "OPENCV", ply_file_path: "init.ply" });
});

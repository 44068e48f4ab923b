import { describe, expect, test } from "vitest";
import { FormatError } from "../core/errors.ts";
import { colmapLenses } from "./colmap-lenses.ts";
import { parseIntrinsics } from "./parse-intrinsics.ts";

const K = [
  [600, 0, 320],
  [0, 610, 240],
  [0, 0, 1],
];
const lens = { fx: 600, fy: 610, principalPoint: [320, 240] };
const parse = (value: unknown) => parseIntrinsics(JSON.stringify(value), "cameras.json");

describe("intrinsics", () => {
  test("one camera for all", () => {
    expect(parse({ K })).toEqual({ shared: lens, byPhoto: new Map() });
    expect(parse({ fx: 600, fy: 610, cx: 320, cy: 240 }).shared).toEqual(lens);
    expect(parse({ focal: 500 }).shared).toEqual({ fx: 500, fy: 500, principalPoint: undefined });
  });

  test.each([
    [
      "a list",
      [
        { file: "a.jpg", K },
        { file: "b.jpg", focal: 500 },
      ],
    ],
    [
      "a scene.json",
      {
        units: "metres",
        images: [
          { file: "a.jpg", K },
          { file: "b.jpg", focal: 500 },
          { file: "c.jpg", K: null },
        ],
      },
    ],
    ["by file name", { "a.jpg": { K }, "b.jpg": { focal: 500 } }],
  ])("each by its file: %s", (_, value) => {
    const { shared, byPhoto } = parse(value);
    expect(shared).toBeUndefined();
    expect([...byPhoto.keys()]).toEqual(["a.jpg", "b.jpg"]);
    expect(byPhoto.get("a.jpg")).toEqual(lens);
    expect(byPhoto.get("b.jpg")?.fx).toBe(500);
  });
});

test.each([
  ["{\n", /^cameras\.json: line 2: not JSON/],
  ["3", /^cameras\.json: a list of photos is expected, found 3/],
  ["[]", /^cameras\.json: holds no camera; a camera is/],
  ['[{"K": [[1,0,0],[0,1,0],[0,0,1]]}]', /^cameras\.json: entry 0: "file" is missing/],
  [
    '[{"file": "a.jpg", "focal": "long"}]',
    /^cameras\.json: entry 0 \(a\.jpg\): "focal": a number is expected, found "long"/,
  ],
  ['[{"file": "a.jpg", "focal": -3}]', /entry 0 \(a\.jpg\): focal lengths of -3 and -3; positive ones/],
  ['[{"file": "a.jpg", "focal": 3, "cx": 4}]', /entry 0 \(a\.jpg\): "cx" and "cy" come together/],
  ['[{"file": "a.jpg", "K": [[1, 2]]}]', /entry 0 \(a\.jpg\): K: 3 rows of 3 finite numbers/],
  ['{"a.jpg": 5}', /^cameras\.json: "a\.jpg": an object is expected, found 5/],
  ['{"a.jpg": {"fov": 60}}', /^cameras\.json: "a\.jpg": no focal length/],
])("%s: refused, with the entry and field", (text, message) => {
  expect(() => parseIntrinsics(text, "cameras.json")).toThrow(FormatError);
  expect(() => parseIntrinsics(text, "cameras.json")).toThrow(message);
});

describe("K with distortion", () => {
  test.each([
    ["by name", { K, k1: -0.1, k2: 0.02, p1: 0.001, p2: -0.002 }],
    ["as OpenCV's list", { K, distortion: [-0.1, 0.02, 0.001, -0.002] }],
  ])("%s", (_, camera) => {
    expect(parse(camera).shared).toMatchObject({
      fx: 600,
      distortion: { model: "radial", k: [-0.1, 0.02, 0, 0, 0, 0], p: [0.001, -0.002] },
    });
  });

  test("a fisheye", () => {
    const camera = { K, camera_model: "OPENCV_FISHEYE", k1: 0.1 };
    expect(parse(camera).shared?.distortion).toEqual({ model: "fisheye", k: [0.1, 0, 0, 0] });
  });

  test("a model that cannot be undistorted is refused by name", () => {
    expect(() => parse({ K, camera_model: "THIN_PRISM_FISHEYE", k1: 0.1 })).toThrow(
      /model THIN_PRISM_FISHEYE cannot be undistorted/,
    );
  });

  test("a file that is listed twice is refused", () => {
    expect(() =>
      parse([
        { file: "1.jpg", K },
        { file: "1.jpg", focal: 3 },
      ]),
    ).toThrow(/speaks of 1\.jpg twice/);
  });
});

describe("transforms.json", () => {
  test("nerfstudio's, with what its frames have in common", () => {
    const { byPhoto } = parse({
      camera_model: "OPENCV",
      w: 640,
      h: 480,
      fl_x: 500,
      fl_y: 510,
      cx: 320,
      cy: 240,
      k1: -0.1,
      frames: [{ file_path: "images/a.jpg" }, { file_path: "images/b.jpg", fl_x: 700 }],
    });
    // Its pixel centers are at 0.5.
    expect(byPhoto.get("images/a.jpg")).toMatchObject({
      fx: 500,
      principalPoint: [319.5, 239.5],
      size: { width: 640, height: 480 },
    });
    expect(byPhoto.get("images/b.jpg")).toMatchObject({ fx: 700, distortion: { model: "radial" } });
  });

  test("Blender/NeRF transforms_train.json without extensions, camera_angle_x", () => {
    const { byPhoto } = parse({ camera_angle_x: 2 * Math.atan(0.25), frames: [{ file_path: "./train/r_0" }] });
    expect(byPhoto.get("./train/r_0")).toMatchObject({ inWidths: true, principalPoint: undefined });
    expect(byPhoto.get("./train/r_0")!.fx).toBeCloseTo(2, 12);
  });
});

describe("a COLMAP model's cameras", () => {
  const file = (path: string, text: string) => ({ path, bytes: new TextEncoder().encode(text) });
  const cameras = file("cameras.txt", "1 SIMPLE_RADIAL 640 480 500 320 240 -0.1\n2 PINHOLE 640 480 600 610 320 240\n");
  const images = file("images.txt", "1 1 0 0 0 0 0 0 1 cam0/1.jpg\n\n2 1 0 0 0 0 0 0 2 cam1/1.jpg\n\n");

  test("by the photos of its images", () => {
    const { byPhoto } = colmapLenses(cameras, images);
    expect(byPhoto.get("cam0/1.jpg")).toMatchObject({
      fx: 500,
      principalPoint: [319.5, 239.5],
      size: { width: 640, height: 480 },
      distortion: { model: "radial", k: [-0.1, 0, 0, 0, 0, 0] },
    });
    expect(byPhoto.get("cam1/1.jpg")).toMatchObject({ fx: 600, fy: 610, distortion: undefined });
  });

  test("one for all photos without images; several are refused", () => {
    expect(colmapLenses(file("cameras.txt", "1 PINHOLE 640 480 600 610 320 240\n")).shared?.fx).toBe(600);
    expect(() => colmapLenses(cameras)).toThrow(
      /cameras\.txt: has 2 cameras; the model's images are expected beside it/,
    );
  });
});

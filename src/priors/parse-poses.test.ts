import { describe, expect, test } from "vitest";
import { largestDifference, randomPose } from "../../test/random-geometry.ts";
import { FormatError } from "../core/errors.ts";
import { seededRandom } from "../core/random.ts";
import { poseRows } from "../formats/camera-matrices.ts";
import { composePoses, invertRigid, rotationOf, translationOf } from "../geometry/pose.ts";
import { quaternionFromRotation } from "../geometry/rotation.ts";
import { parsePoses } from "./parse-poses.ts";

const random = seededRandom("poses");
const [a, b] = [randomPose(random), randomPose(random)];
const parse = (value: unknown, path = "poses.json") =>
  parsePoses(new TextEncoder().encode(JSON.stringify(value)), path);

describe("poses", () => {
  test.each([
    [
      "world_from_cam",
      [
        { file: "a.jpg", world_from_cam: poseRows(a) },
        { file: "b.jpg", world_from_cam: poseRows(b) },
      ],
    ],
    [
      "cam_from_world, and 3x4",
      [
        { file: "a.jpg", cam_from_world: poseRows(invertRigid(a)).slice(0, 3) },
        { file: "b.jpg", world_from_cam: poseRows(b) },
      ],
    ],
    [
      "a scene.json",
      {
        images: [
          { file: "a.jpg", world_from_cam: poseRows(a), cam_from_world: poseRows(invertRigid(a)), registered: true },
          { file: "b.jpg", world_from_cam: poseRows(b) },
          { file: "c.jpg", world_from_cam: null, cam_from_world: null, registered: false },
        ],
      },
    ],
    [
      "nerfstudio",
      {
        frames: [
          { file_path: "images/a.jpg", transform_matrix: poseRows(openGl(a)) },
          { file_path: "images/b.jpg", transform_matrix: poseRows(openGl(b)) },
        ],
      },
    ],
  ])("%s", (_, value) => {
    const { worldFromCam, meters } = parse(value);
    expect(meters).toBe(false);
    const found = [...worldFromCam.values()];
    expect(found.length).toBe(2);
    expect(largestDifference(found[0]!, a)).toBeLessThan(1e-12);
    expect(largestDifference(found[1]!, b)).toBeLessThan(1e-12);
  });

  test("COLMAP's images.txt", () => {
    const line = (pose: Float64Array, id: number, name: string) => {
      const camFromWorld = invertRigid(pose);
      const [x, y, z, w] = quaternionFromRotation(rotationOf(camFromWorld));
      return `${id} ${w} ${x} ${y} ${z} ${translationOf(camFromWorld).join(" ")} 1 ${name}\n\n`;
    };
    const text = `# Image list\n${line(a, 1, "a.jpg")}${line(b, 7, "folder/b.jpg")}`;
    const { worldFromCam } = parsePoses(new TextEncoder().encode(text), "sparse/images.txt");
    expect([...worldFromCam.keys()]).toEqual(["a.jpg", "folder/b.jpg"]);
    expect(largestDifference(worldFromCam.get("folder/b.jpg")!, b)).toBeLessThan(1e-9);
  });

  test("units of meters are noticed", () => {
    expect(parse({ units: "metres", images: [{ file: "a.jpg", world_from_cam: poseRows(a) }] }).meters).toBe(true);
  });
});

test.each([
  ["nothing known", [{ file: "a.jpg", world_from_cam: null }], /^poses\.json: holds no pose/],
  [
    "no matrix",
    [{ file: "a.jpg" }],
    /^poses\.json: entry 0 \(a\.jpg\): "world_from_cam" or "cam_from_world" is expected/,
  ],
  ["no file", [{ world_from_cam: poseRows(a) }], /^poses\.json: entry 0: "file" is missing/],
  [
    "no rotation",
    [{ file: "a.jpg", world_from_cam: poseRows(a.map((x) => 2 * x).with(15, 1)) }],
    /world_from_cam: its 3x3 part is no rotation/,
  ],
  [
    "a contradiction",
    [{ file: "a.jpg", world_from_cam: poseRows(a), cam_from_world: poseRows(a) }],
    /entry 0 \(a\.jpg\): world_from_cam and cam_from_world are not inverse/,
  ],
  [
    "a frame without a name",
    { frames: [{ transform_matrix: poseRows(a) }] },
    /^poses\.json: frame 0: "file_path" is missing/,
  ],
])("%s: refused, with the entry and field", (_, value, message) => {
  expect(() => parse(value)).toThrow(FormatError);
  expect(() => parse(value)).toThrow(message);
});

/** The same camera with OpenGL's axes. */
function openGl(pose: Float64Array): Float64Array {
  return composePoses(pose, Float64Array.of(1, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1));
}

import { type Node, WebIO } from "@gltf-transform/core";
import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { originalIntrinsics } from "../geometry/pixel-mapping.ts";
import { transformPoints } from "../geometry/pose.ts";
import { encodeGlb } from "./glb.ts";
import { choosePointFilter } from "./point-filter.ts";
import { scenePoints } from "./scene-points.ts";

const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg"] });
const images = scene.images.map((image, i) => ({ ...image, registered: i !== 1 }));
const partial = { ...scene, images };
const points = scenePoints(partial, views, choosePointFilter(partial, 3));
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
const encodeJpeg = async (): Promise<Uint8Array> => jpeg;
const document = await new WebIO().readBinary(await encodeGlb(partial, views, { points, loadTexture: encodeJpeg }));
const nodes = new Map(
  document
    .getRoot()
    .listNodes()
    .map((node) => [node.getName(), node]),
);

/** A position of a node's frame in the frame of the glTF scene: y up, z backward. */
function inScene(node: Node, position: readonly number[]): Float64Array {
  const columns = node.getWorldMatrix();
  const rows = Float64Array.from({ length: 16 }, (_, i) => columns[4 * (i & 3) + (i >> 2)]!);
  return transformPoints(rows, Float64Array.from(position));
}

test("the points are those of the scene, y up and z backward", () => {
  const node = nodes.get("points")!;
  const positions = node.getMesh()!.listPrimitives()[0]!.getAttribute("POSITION")!;
  expect(positions.getArray()).toEqual(points.positions);
  const [x = 0, y = 0, z = 0] = points.positions;
  expect([...inScene(node, [x, y, z])]).toEqual([x, -y, -z].map((value) => expect.closeTo(value, 9)));
});

test("colors are bytes of linear light", () => {
  const color = nodes.get("points")!.getMesh()!.listPrimitives()[0]!.getAttribute("COLOR_0")!;
  expect(color.getNormalized()).toBe(true);
  expect(color.getArray()).toBeInstanceOf(Uint8Array);
  for (let i = 0; i < points.confidences.length; i += 97) {
    const linear = color.getElement(i, []);
    for (let k = 0; k < 3; k++) {
      const value = linear[k]!;
      const srgb = 255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
      expect(Math.abs(srgb - points.colors[3 * i + k]!)).toBeLessThan(7);
    }
    expect(linear[3]).toBe(1);
  }
});

test("registered photos have cameras that look where they looked", () => {
  expect(
    document
      .getRoot()
      .listCameras()
      .map((camera) => camera.getName()),
  ).toEqual(["a.jpg", "c.jpg"]);
  const { intrinsics, worldFromCam } = images[2]!;
  const view = views[2]!;
  const { fx, fy } = originalIntrinsics(intrinsics, view.originalFromNetwork);
  const node = nodes.get("c.jpg")!;
  const camera = node.getCamera()!;
  expect(2 * fy * Math.tan(camera.getYFov() / 2)).toBeCloseTo(view.original.height, 6);
  expect(camera.getAspectRatio()).toBeCloseTo((view.original.width / view.original.height) * (fy / fx), 9);
  // A glTF camera looks along -z: what lies ahead of it is what lies ahead of ours.
  const [x = 0, y = 0, z = 0] = transformPoints(worldFromCam, Float64Array.of(0.3, 0.2, 2));
  expect([...inScene(node, [0.3, -0.2, -2])]).toEqual([x, -y, -z].map((value) => expect.closeTo(value, 5)));
});

test("a frustum carries its photo and opens in front of the camera", () => {
  const [edges, photo] = nodes.get("a.jpg")!.getMesh()!.listPrimitives();
  expect(edges!.getIndices()!.getCount()).toBe(16);
  const texture = photo!.getMaterial()!.getEmissiveTexture()!;
  expect(texture.getImage()).toEqual(jpeg);
  const corners = photo!.getAttribute("POSITION")!;
  const { intrinsics } = images[0]!;
  const [x = 0, y = 0, z = 0] = corners.getElement(0, [0, 0, 0]);
  expect(z).toBeLessThan(0);
  expect(x / -z).toBeCloseTo((-0.5 - intrinsics.cx) / intrinsics.fx, 6);
  expect(y / -z).toBeCloseTo((0.5 + intrinsics.cy) / intrinsics.fy, 6);
  expect(photo!.getAttribute("TEXCOORD_0")!.getElement(0, [])).toEqual([0, 0]);
});

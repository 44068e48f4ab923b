import { WebIO } from "@gltf-transform/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { identityPose } from "../geometry/pose.ts";
import { gridTriangles } from "./grid-triangles.ts";
import { choosePointFilter } from "./point-filter.ts";
import { encodeSurfacesGlb } from "./surfaces-glb.ts";

const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg"] });
const jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
const size = { width: 9, height: 7 };

function image(depth: (x: number, y: number) => number, confidence: (x: number, y: number) => number = () => 5) {
  const values = (of: typeof depth) => Float32Array.from({ length: 63 }, (_, i) => of(i % 9, Math.floor(i / 9)));
  const intrinsics = { fx: 8, fy: 8, cx: 4, cy: 3 };
  return {
    ...size,
    registered: true,
    intrinsics,
    worldFromCam: identityPose(),
    depth: values(depth),
    confidence: values(confidence),
  };
}

test("a smooth surface is whole, two triangles a square", () => {
  const triangles = gridTriangles(
    image((x, y) => 3 + 0.05 * x + 0.02 * y),
    3,
    1,
  );
  expect(triangles.length).toBe(3 * 2 * 8 * 6);
  expect(new Set(triangles).size).toBe(63);
  expect(
    gridTriangles(
      image(() => 3),
      3,
      2,
    ).length,
  ).toBe(3 * 2 * 4 * 3);
});

test("no triangle spans a jump of depth, and none touches a hole or a doubtful pixel", () => {
  const arbitrary = fc.array(fc.constantFrom(0, 2, 2.1, 3, 3.2), { minLength: 63, maxLength: 63 });
  const sureness = fc.array(fc.constantFrom(1, 5), { minLength: 63, maxLength: 63 });
  fc.assert(
    fc.property(arbitrary, sureness, (depths, confidences) => {
      const at = (values: readonly number[]) => (x: number, y: number) => values[9 * y + x]!;
      const made = gridTriangles(image(at(depths), at(confidences)), 3, 1);
      for (let i = 0; i < made.length; i += 3) {
        const corners = [...made.subarray(i, i + 3)];
        const z = corners.map((pixel) => depths[pixel]!);
        expect(Math.max(...z) / Math.min(...z)).toBeLessThanOrEqual(1.1);
        expect(corners.every((pixel) => confidences[pixel] === 5)).toBe(true);
      }
    }),
  );
});

test("triangles turn their front to the camera", () => {
  const triangles = gridTriangles(
    image(() => 2),
    3,
    1,
  );
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [...triangles.subarray(i, i + 3)].map((pixel) => [pixel % 9, Math.floor(pixel / 9)] as const);
    const area = (b![0] - a![0]) * (c![1] - a![1]) - (b![1] - a![1]) * (c![0] - a![0]);
    // Image y runs down: counter-clockwise to the eye is negative here.
    expect(area).toBeLessThan(0);
  }
});

test("surfaces.glb holds a surface with its photo for every registered photo", async () => {
  const partial = { ...scene, images: scene.images.map((each, i) => ({ ...each, registered: i === 0 })) };
  const filter = choosePointFilter(partial, 3);
  const bytes = await encodeSurfacesGlb(partial, views, { filter, loadTexture: async () => jpeg });
  const root = (await new WebIO().readBinary(bytes)).getRoot();
  expect(root.listMeshes().map((mesh) => mesh.getName())).toEqual(["a.jpg"]);
  const [primitive] = root.listMeshes()[0]!.listPrimitives();
  const [position, place] = [primitive!.getAttribute("POSITION")!, primitive!.getAttribute("TEXCOORD_0")!];
  expect(Math.max(...primitive!.getIndices()!.getArray()!)).toBe(position.getCount() - 1);
  expect(primitive!.getMaterial()!.getEmissiveTexture()!.getImage()).toEqual(jpeg);
  // Every vertex lies where the camera sees the place of the photo that it carries.
  const { intrinsics, worldFromCam: m } = scene.images[0]!;
  for (let i = 0; i < position.getCount(); i += 37) {
    const offset = position.getElement(i, [0, 0, 0]).map((value, k) => value - m[4 * k + 3]!);
    const [x, y, z] = [0, 1, 2].map((column) => offset.reduce((sum, value, k) => sum + m[4 * k + column]! * value, 0));
    const [u, v] = place.getElement(i, [0, 0]) as [number, number];
    expect((intrinsics.fx * x!) / z! + intrinsics.cx).toBeCloseTo(64 * u - 0.5, 3);
    expect((intrinsics.fy * y!) / z! + intrinsics.cy).toBeCloseTo(48 * v - 0.5, 3);
  }
});

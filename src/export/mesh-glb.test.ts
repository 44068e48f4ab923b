import { createRequire } from "node:module";
import { WebIO } from "@gltf-transform/core";
import { expect, test } from "vitest";
import { syntheticScene } from "../../test/synthetic-scene.ts";
import { FROM_NETWORK, FROM_STEREO } from "../core/dense-scene.ts";
import { encodeMeshGlb, sceneMesh } from "./mesh-glb.ts";
import { meshDepth } from "./mesh-photos.ts";
import { choosePointFilter } from "./point-filter.ts";

const { validateBytes } = createRequire(import.meta.url)("gltf-validator") as {
  validateBytes(bytes: Uint8Array): Promise<{ issues: { messages: { severity: number }[] } }>;
};
const { scene, views } = syntheticScene({ names: ["a.jpg", "b.jpg", "c.jpg"] });
const parts = { scene, views, dense: undefined, filter: choosePointFilter(scene, 1), loadPicture: undefined };

test("mesh.glb is a valid file with one mesh, normals towards the cameras and a color for each vertex", async () => {
  const bytes = await encodeMeshGlb(await sceneMesh(parts, {}));
  const { issues } = await validateBytes(bytes);
  expect(issues.messages.filter(({ severity }) => severity < 2)).toEqual([]);
  const [mesh, ...others] = (await new WebIO().readBinary(bytes)).getRoot().listMeshes();
  expect(others).toEqual([]);
  const primitive = mesh!.listPrimitives()[0]!;
  const [position, normal] = [primitive.getAttribute("POSITION")!, primitive.getAttribute("NORMAL")!];
  expect(position.getCount()).toBeGreaterThan(500);
  expect(primitive.getAttribute("COLOR_0")!.getCount()).toBe(position.getCount());
  let away = 0;
  for (let i = 0; i < position.getCount(); i++) {
    const [p, n] = [position.getElement(i, [0, 0, 0]), normal.getElement(i, [0, 0, 0])];
    const facesOne = scene.images.some(
      ({ worldFromCam: m }) => p.reduce((sum, value, k) => sum + (m[4 * k + 3]! - value) * n[k]!, 0) > 0,
    );
    if (!facesOne) away++;
  }
  // Normals of vertices at the rims of spheres are means over what turns away.
  expect(away).toBeLessThan(0.1 * position.getCount());
});

test("depth of a mesh: measured where it is, the network's where it is confident, at the camera of the map", async () => {
  const [image, view] = [scene.images[0]!, views[0]!];
  const size = { width: view.original.width / 2, height: view.original.height / 2 };
  const map = {
    ...size,
    depth: new Float32Array(size.width * size.height).fill(2),
    source: Uint8Array.from({ length: size.width * size.height }, (_, i) => (i % 2 === 0 ? FROM_STEREO : FROM_NETWORK)),
  };
  const points = {
    positions: new Float32Array(3),
    normals: new Float32Array(3),
    colors: new Uint8Array(3),
    photos: Uint8Array.of(2),
  };
  const doubtful = { ...image, confidence: image.confidence.map(() => 1) };
  const held = { width: map.width, height: map.height, load: async () => map };
  const dense = { maps: [held, undefined, undefined], points, share: 1 };
  const images = [doubtful, scene.images[1]!, scene.images[2]!];
  const filter = { ...parts.filter, minConfidence: 2 };
  const made = await meshDepth({ ...parts, scene: { ...scene, images }, dense, filter }, 0);
  expect([...made.depth.subarray(0, 4)]).toEqual([2, 0, 2, 0]);
  expect(made.trust[1]).toBeLessThan(made.trust[0]!);
  // Both show the same to the edges of the original photo: so do their focal lengths.
  expect(made.intrinsics.fx / size.width).toBeCloseTo(
    (image.intrinsics.fx * view.originalFromNetwork.scaleX) / view.original.width,
    6,
  );
  expect((await meshDepth({ ...parts, dense }, 1)).trust[0]).toBeLessThan(1);
  expect((await meshDepth(parts, 1)).trust[0]).toBe(1);
});

import { expect, test } from "vitest";
import { geometryPart, type PartedGeometry } from "./geometry-part.ts";
import type { Mesh } from "./mesh.ts";
import type { Light } from "./scene-model.ts";
import { lightAccess, shadowMapOf } from "./shadow-map.ts";
import { box } from "./solids.ts";

function alone({ positions, triangles }: Mesh): PartedGeometry {
  const run = { firstVertex: 0, endVertex: positions.length / 3, firstTriangle: 0, endTriangle: triangles.length / 3 };
  return { positions, triangles, parts: [geometryPart(positions, run)] };
}

const LIGHTS: readonly Light[] = [
  { kind: "lamp", position: [0, 0, 2], color: [1, 1, 1] },
  { kind: "sun", position: [0, 0, 1], color: [1, 1, 1] },
];

test.each(LIGHTS)("a plate shades what is below it and nothing else ($kind)", (light) => {
  const map = shadowMapOf(light, alone(box([2, 2, 0.2])), 128);
  expect(lightAccess(map, 0.2, 0.3, -1, 0, 0, 1)).toBe(0);
  expect(lightAccess(map, -0.4, 0.1, 0.1, 0, 0, 1)).toBe(1);
  expect(lightAccess(map, 0, 6, -1, 0, 0, 1)).toBe(1);
});

test("every face of a lamp's cube finds the plate on its side", () => {
  for (let axis = 0; axis < 3; axis++) {
    for (const side of [-1, 1]) {
      const position: [number, number, number] = [0, 0, 0];
      position[axis] = 3 * side;
      const plate = box([0, 1, 2].map((a) => (a === axis ? 0.2 : 1)) as unknown as [number, number, number]);
      const map = shadowMapOf({ kind: "lamp", position, color: [1, 1, 1] }, alone(plate), 64);
      const behind: [number, number, number] = [0.13, -0.21, 0.17];
      behind[axis] = -2 * side;
      const normal: [number, number, number] = [0, 0, 0];
      normal[axis] = side;
      expect(lightAccess(map, ...behind, ...normal)).toBe(0);
      behind[(axis + 1) % 3] = 2.5;
      expect(lightAccess(map, ...behind, ...normal)).toBe(1);
    }
  }
});

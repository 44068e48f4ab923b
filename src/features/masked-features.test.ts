import { expect, test } from "vitest";
import { DESCRIPTOR_LENGTH, type Features } from "./features.ts";
import { maskedFeatures } from "./masked-features.ts";

const at = (...positions: readonly (readonly [x: number, y: number])[]): Features => ({
  width: 400,
  height: 100,
  count: positions.length,
  positions: Float32Array.from(positions.flat()),
  scales: new Float32Array(positions.length).fill(1),
  angles: new Float32Array(positions.length),
  descriptors: new Uint8Array(DESCRIPTOR_LENGTH * positions.length),
});

test("features stay where a mask of another size lets them, and beyond its edges as there", () => {
  // Four by one pixels over the middle of the photo: 100 to 300 along x.
  const mask = { width: 4, height: 1, data: Uint8Array.of(0, 1, 0, 1) };
  const originalFromMask = { scaleX: 50, scaleY: 100, offsetX: 125, offsetY: 50 };
  const found = at([125, 20], [160, 90], [224, 50], [276, 50], [390, 1], [3, 50]);
  const { count, positions } = maskedFeatures(found, { ...mask, originalFromMask });
  expect(count).toBe(3);
  expect([...positions]).toEqual([160, 90, 276, 50, 390, 1]);
});

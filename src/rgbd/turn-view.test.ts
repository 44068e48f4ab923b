import { expect, test } from "vitest";
import { planeView } from "../../test/plane-view.ts";
import { reprojectedColors } from "./reprojected-colors.ts";
import { turnCamera, turnView } from "./turn-view.ts";

test.each([0, 1, 2, 3])("turned by %i quarters, a view shows the same through the same rays", (quarters) => {
  const view = planeView(3);
  const turned = turnView(view, quarters);
  expect([turned.width, turned.height]).toEqual(quarters % 2 ? [48, 64] : [64, 48]);
  const { seen, known, difference } = reprojectedColors(turned, view);
  expect(seen).toBe(known);
  expect(difference).toBe(0);
  const { rgb, depth, ...camera } = turned;
  const { rgb: _, depth: __, ...before } = view;
  expect(turnCamera(before, quarters)).toEqual(camera);
});

test("after one quarter, what was at the right is on top; after four, all is as before", () => {
  const view = planeView(0);
  const { rgb } = turnView(view, 1);
  const right = Array.from({ length: 48 }, (_, y) => view.rgb[3 * (y * 64 + 63)]);
  expect(Array.from({ length: 48 }, (_, x) => rgb[3 * x])).toEqual(right);
  const again = turnView(view, 4);
  expect(again.rgb).toEqual(view.rgb);
  expect(again.intrinsics).toEqual(view.intrinsics);
});

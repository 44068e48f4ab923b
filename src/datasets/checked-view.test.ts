import { expect, test } from "vitest";
import { planeView } from "../../test/plane-view.ts";
import { FormatError } from "../core/errors.ts";
import { checkedView } from "./checked-view.ts";

const VIEW = planeView(1);
const withCenter = (cx: number, cy: number) => () =>
  checkedView(VIEW, VIEW, { ...VIEW, intrinsics: { ...VIEW.intrinsics, cx, cy } }, "a.jpg");

test("a photo may be cut on one side", () => {
  // Waymo's side cameras: 1920x886 with the principal point at (969, 243).
  expect(withCenter(32.3, 13.2)).not.toThrow();
  expect(withCenter(31.5, 23.5)).not.toThrow();
});

test.each<[string, number, number]>([
  ["half as many pixels", 16, 12],
  ["half as many again", 48, 36],
  ["the same number, upright", 24, 32],
  ["a point left of the photo", -1, 24],
  ["a point below the photo", 32, 48.5],
  ["no number", Number.NaN, 24],
])("intrinsics for %s are an error that names the photo", (_, cx, cy) => {
  expect(withCenter(cx, cy)).toThrow(FormatError);
  expect(withCenter(cx, cy)).toThrow(/^a\.jpg: its intrinsics are for a photo of about .* pixels, found 64x48/);
});

test("what is no positive depth becomes 0; nothing else is an error", () => {
  const depth = VIEW.depth.slice();
  depth.set([-1, Number.NaN, Number.POSITIVE_INFINITY, 0]);
  const view = checkedView(VIEW, { ...VIEW, depth }, VIEW, "a.jpg");
  expect([...view.depth.slice(0, 4)]).toEqual([0, 0, 0, 0]);
  expect(view.depth.subarray(4)).toEqual(VIEW.depth.subarray(4));
  expect(() => checkedView(VIEW, { ...VIEW, depth: depth.fill(0) }, VIEW, "a.jpg")).toThrow(/no pixel has depth/);
  expect(() => checkedView(VIEW, { ...VIEW, height: 47 }, VIEW, "a.jpg")).toThrow(/depth has 64x47 .* photo 64x48/);
});

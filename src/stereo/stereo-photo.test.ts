import { expect, test } from "vitest";
import { stereoSize } from "./stereo-photo.ts";

test("photos are reduced to a long side, never enlarged, or taken as they are", () => {
  const photo = { width: 3000, height: 4000 };
  expect(stereoSize(photo, 1024)).toEqual({ width: 768, height: 1024 });
  expect(stereoSize(photo, 8000)).toEqual(photo);
  expect(stereoSize(photo, "full")).toEqual(photo);
});

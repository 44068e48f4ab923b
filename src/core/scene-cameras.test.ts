import { expect, test } from "vitest";
import { sceneCameras } from "./scene-cameras.ts";

test("cameras are numbered as they appear; images that say nothing have their own", () => {
  const cameras = [3, undefined, 0, 3, undefined];
  expect(sceneCameras(cameras.map((camera) => ({ camera })))).toEqual([0, 1, 2, 0, 3]);
});

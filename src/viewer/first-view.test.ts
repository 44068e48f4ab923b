import { PerspectiveCamera, Vector3 } from "three";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../core/random.ts";
import { firstView, type Outline } from "./first-view.ts";

const random = seededRandom(14);
const somewhere = (size: number): Vector3 => new Vector3().fromArray([0, 0, 0].map(() => size * (random() - 0.5)));

describe("the first view", () => {
  const layouts: Record<string, () => Outline[]> = {
    "in a row": () => [-3, 0, 3].map((x) => camera(new Vector3(x, 0, 6))),
    "all around": () => Array.from({ length: 8 }, (_, i) => camera(new Vector3(5, 1, 0).applyAxisAngle(UP, i))),
    "far from the points": () => [camera(new Vector3(0, 0, 40)), camera(new Vector3(12, 3, 35))],
    anywhere: () => Array.from({ length: 10 }, () => camera(somewhere(12))),
    "straight above": () => [camera(new Vector3(0, 8, 0))],
  };
  for (const [name, place] of Object.entries(layouts)) {
    test.each([0.45, 1, 2.4])(`holds cameras ${name} and their photos, at width over height %d`, (aspect) => {
      const focus = { center: somewhere(2), radius: 1 };
      const cameras = place();
      const eye = new PerspectiveCamera(50, aspect, 0.001, 1000);
      eye.position.copy(firstView(cameras, focus, { fov: 50, aspect }));
      eye.lookAt(focus.center);
      eye.updateMatrixWorld();
      for (const point of cameras.flatMap(({ eye, corners }) => [eye, ...corners])) {
        const { x, y, z } = point.clone().project(eye);
        expect(Math.max(Math.abs(x), Math.abs(y))).toBeLessThanOrEqual(0.901);
        expect(Math.abs(z)).toBeLessThan(1);
      }
    });
  }
});

const UP = new Vector3(0, 1, 0);

function camera(eye: Vector3): Outline {
  return { eye, corners: Array.from({ length: 4 }, () => somewhere(1).add(eye)) };
}

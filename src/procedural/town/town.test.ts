import { expect, test } from "vitest";
import { poseDifference } from "../../../test/pose-errors.ts";
import { seededRandom } from "../../core/random.ts";
import { overlapOf } from "../../rgbd/overlap.ts";
import type { RgbdView } from "../../rgbd/rgbd-view.ts";
import { drawTown } from "./draw-town.ts";
import { townLayout } from "./town-layout.ts";
import { blockCenter, PITCH, townWalk } from "./town-route.ts";

const SIZE = { width: 32, height: 24 };
const draw = (views: number, seed: number): RgbdView[] => [...drawTown({ views, seed, ...SIZE })];

test("a town depends on its seed alone", () => {
  const bytes = (seed: number) => draw(3, seed).map(({ rgb, depth, worldFromCam }) => [rgb, depth, worldFromCam]);
  const once = bytes(4);
  expect(bytes(5)).not.toEqual(once);
  expect(bytes(4)).toEqual(once);
});

test("a longer walk begins as a shorter one", () => {
  const [short, long] = [40, 1000].map((count) => townWalk(seededRandom("walk"), count));
  expect(long!.poses.slice(0, 40)).toEqual(short!.poses);
  expect(long!.blocks).toBeGreaterThan(short!.blocks);
});

test("photos show what those before them do, and a round ends where it began", () => {
  const views = draw(150, 1);
  const steps = views.slice(1).map((view, i) => {
    expect(overlapOf(view, views[i]!), `${i}`).toBeGreaterThan(0.25);
    return poseDifference(views[i]!.worldFromCam, view.worldFromCam);
  });
  expect(Math.max(...steps.map(({ distance }) => distance))).toBeLessThan(1.5);
  const again = views.slice(90).map((view) => overlapOf(view, views[0]!));
  expect(Math.max(...again)).toBeGreaterThan(0.4);
});

test("every block has one and the same house", () => {
  const all = townLayout(1, 2).objects;
  const [first, second] = [blockCenter(0), blockCenter(1)];
  expect(second[0] - first[0]).toBe(PITCH);
  const around = ([x, y]: readonly [number, number]) =>
    all.flatMap(({ mesh, material, placement: { axes, origin } }) => {
      const local = [origin[0] - x, origin[1] - y, origin[2]] as const;
      if (Math.max(Math.abs(local[0]), Math.abs(local[1])) >= PITCH / 2) return [];
      return JSON.stringify([local.map((value) => value.toFixed(6)), axes, material, mesh.positions.length]);
    });
  const [own, next] = [new Set(around(first)), around(second)];
  const shared = next.filter((key) => own.has(key)).length;
  // The house's walls, glass, trim and body, and the road: nothing of the other houses.
  expect(shared).toBeGreaterThan(5);
  expect(shared).toBeLessThan(next.length / 3);
});

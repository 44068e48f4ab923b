import { describe, expect, test } from "vitest";
import { seededRandom } from "../../core/random.ts";
import { type GeneratedScene, generateScene } from "../generate-scene.ts";
import { compileScene, sceneAt } from "../scene-model.ts";
import { randomSky } from "../sky.ts";
import { box } from "../solids.ts";
import { part } from "./parts.ts";
import { passersBy } from "./person.ts";
import { paint } from "./surfaces.ts";

const OPTIONS = { collection: "photos", views: 4, textureSize: 32, shadowSize: 32 } as const;
const SHAPES = [
  { width: 48, height: 36 },
  { width: 27, height: 48 },
  { width: 48, height: 15 },
  { width: 48, height: 48 },
] as const;

/** Scenes of all shapes, some of each kind. */
const scenes: readonly GeneratedScene[] = Array.from({ length: 48 }, (_, index) =>
  generateScene(31, index, { ...OPTIONS, ...SHAPES[index % SHAPES.length]! }),
);

describe("scenes as people photograph them", () => {
  test("are of many kinds, and functions of seed and number", () => {
    expect(new Set(scenes.map(({ kind }) => kind)).size).toBeGreaterThan(9);
    const again = generateScene(31, 5, { ...OPTIONS, ...SHAPES[1]! });
    expect(again).toEqual(scenes[5]);
  });

  test("have all their views, each with depth and of the shape asked for", () => {
    scenes.forEach(({ views, overlap }, index) => {
      expect(views.length).toBe(4);
      for (const view of views) {
        expect(view).toMatchObject(SHAPES[index % SHAPES.length]!);
        expect(view.depth.every((z) => Number.isFinite(z) && z >= 0)).toBe(true);
        expect(view.depth.filter((z) => z > 0).length).toBeGreaterThan(0.05 * view.depth.length);
      }
      expect(overlap.every((share) => share >= 0 && share <= 1)).toBe(true);
    });
  });

  test("are taken with wide and long lenses in every shape, some near, some far, some off center", () => {
    const views = scenes.flatMap((scene) => scene.views);
    for (const shape of SHAPES) {
      const own = views.filter(({ width, height }) => width === shape.width && height === shape.height);
      const focals = own.map(({ intrinsics: { fx } }) => fx / Math.max(shape.width, shape.height));
      expect(Math.min(...focals)).toBeLessThan(0.8);
      expect(Math.max(...focals)).toBeGreaterThan(1.5);
    }
    const middles = views
      .map(({ depth }) => depth.filter((z) => z > 0).sort())
      .map((sorted) => sorted[sorted.length >> 1]!);
    expect(middles.filter((z) => z < 1).length).toBeGreaterThan(0.1 * views.length);
    expect(middles.filter((z) => z > 8).length).toBeGreaterThan(0.05 * views.length);
    const offCenter = views.filter(({ width, intrinsics: { cx } }) => Math.abs(cx - (width - 1) / 2) > 0.02 * width);
    expect(offCenter.length).toBeGreaterThan(0.05 * views.length);
    expect(offCenter.length).toBeLessThan(0.5 * views.length);
  });
});

test("who walks through a scene is in one photo at a place, and what stands still in all of them", () => {
  const random = seededRandom("people");
  const people = passersBy(random, { min: [-3, -3, 0], max: [3, 3, 2] }, 1, 3);
  const wall = part(paint(random), box([1, 1, 1]), [0, 0, 0]);
  const scene = compileScene({ objects: [wall, ...people], lights: [], sky: randomSky(random), ambient: 1 }, random);
  const parts = [0, 1, 2].map((photo) => sceneAt(scene, photo).parts);
  expect(sceneAt(scene).parts.length).toBe(1);
  expect(parts.reduce((sum, own) => sum + own.length - 1, 0)).toBe(people.length);
  expect(passersBy(random, { min: [-3, -3, 0], max: [3, 3, 2] }, 0)).toEqual([]);
});

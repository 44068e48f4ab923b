import { type Random, randomInteger } from "../core/random.ts";
import { uniform } from "./choice.ts";
import type { Material } from "./material.ts";
import type { Mesh } from "./mesh.ts";
import { type Placement, shifted } from "./placement.ts";
import type { SceneObject } from "./scene-model.ts";
import { box, carvedBox } from "./solids.ts";
import type { Vec3 } from "./vec3.ts";

/** A hole in a wall: from the wall's left end and from its foot, in meters. */
export interface Opening {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

/** A slab of `length` × `thickness` × `height` with openings; x along it from its left end, y outward, z up. */
export function wallMesh(
  { length, height, thickness }: { length: number; height: number; thickness: number },
  openings: readonly Opening[],
): Mesh {
  const planes = (values: readonly number[]): number[] => [...new Set(values)].sort((a, b) => a - b);
  const xs = planes([0, length, ...openings.flatMap(({ left, right }) => [left, right])]);
  const zs = planes([0, height, ...openings.flatMap(({ bottom, top }) => [bottom, top])]);
  const open = (x: number, z: number): boolean =>
    openings.some(({ left, right, bottom, top }) => x > left && x < right && z > bottom && z < top);
  return carvedBox(xs, [0, thickness], zs, (i, _j, k) => !open((xs[i]! + xs[i + 1]!) / 2, (zs[k]! + zs[k + 1]!) / 2));
}

/** Windows in regular columns and stories, and at times a door. */
export function windowGrid(random: Random, length: number, height: number): Opening[] {
  const story = Math.min(height, uniform(random, 2.6, 3.6));
  const stories = Math.max(1, Math.floor(height / story));
  const bay = uniform(random, 1.4, 3.2);
  const columns = Math.max(1, Math.floor(length / bay));
  const pitch = length / columns;
  const width = pitch * uniform(random, 0.35, 0.7);
  const [sill, head] = [story * uniform(random, 0.2, 0.4), story * uniform(random, 0.65, 0.9)];
  const door = random() < 0.6 ? randomInteger(random, columns) : -1;
  const openings: Opening[] = [];
  for (let row = 0; row < stories; row++) {
    for (let column = 0; column < columns; column++) {
      const left = (column + 0.5) * pitch - width / 2;
      const foot = row === 0 && column === door ? 0 : row * story + sill;
      openings.push({ left, right: left + width, bottom: foot, top: Math.min(height - 0.1, row * story + head) });
    }
  }
  return openings;
}

/** Bars that divide an opening into panes, in the wall's frame. */
export function windowBars(opening: Opening, material: Material, wall: Placement, depth: number): SceneObject[] {
  const [width, height] = [opening.right - opening.left, opening.top - opening.bottom];
  const middle = (x: number, z: number): Vec3 => [opening.left + x * width, depth, opening.bottom + z * height];
  const bar = (size: Vec3, at: Vec3): SceneObject => ({ mesh: box(size), material, placement: shifted(wall, at) });
  const w = 0.05;
  return [
    bar([w, w, height], middle(0.5, 0.5)),
    bar([width, w, w], middle(0.5, 0.6)),
    bar([w, w, height], middle(0, 0.5)),
    bar([w, w, height], middle(1, 0.5)),
    bar([width, 2 * w, w], middle(0.5, 0)),
    bar([width, w, w], middle(0.5, 1)),
  ];
}

/** Four placements along the sides of a rectangle around the origin, x to the right and y outward seen from inside. */
export function sides(width: number, depth: number): { readonly placement: Placement; readonly length: number }[] {
  const [w, d] = [width / 2, depth / 2];
  const up: Vec3 = [0, 0, 1];
  const side = (x: Vec3, y: Vec3, origin: Vec3, length: number) => ({
    placement: { axes: [x, y, up] as const, origin },
    length,
  });
  // Seen from inside, z up: x runs clockwise from above and y points out, so that x × y = z.
  return [
    side([1, 0, 0], [0, 1, 0], [-w, d, 0], width),
    side([0, -1, 0], [1, 0, 0], [w, d, 0], depth),
    side([-1, 0, 0], [0, -1, 0], [w, -d, 0], width),
    side([0, 1, 0], [-1, 0, 0], [-w, -d, 0], depth),
  ];
}

import { type Random, randomInteger } from "../../core/random.ts";
import { logUniform, pick, uniform } from "../choice.ts";
import { placeComposite, randomComposite, tree } from "../composite.ts";
import { facade, sunLight } from "../outdoor-layouts.ts";
import type { Placement } from "../placement.ts";
import { placePoint, upright } from "../placement.ts";
import { stairs, vessel } from "../primitive.ts";
import type { LayoutOptions, SceneLayout } from "../scene-layout.ts";
import type { SceneObject } from "../scene-model.ts";
import { randomSky } from "../sky.ts";
import { box, cylinder, frustum } from "../solids.ts";
import type { Vec3 } from "../vec3.ts";
import { sides } from "../wall.ts";
import { centered, extentOf, type Furnishing } from "./furnishing.ts";
import { block, moved, part } from "./parts.ts";
import { passersBy, person } from "./person.ts";
import { grass, masonry, metal, paint, pavement, plain, print } from "./surfaces.ts";
import { car } from "./vehicles.ts";
import { forward, orbit, type Region, roam } from "./walk.ts";

/** A road between houses, trees and parked cars, mostly seen by somebody who drives or walks along it. */
export function streetLayout(random: Random, { models = [] }: LayoutOptions): SceneLayout {
  const thing = standing(models);
  const [road, walkway, length] = [uniform(random, 5, 11), uniform(random, 1, 5), uniform(random, 50, 110)];
  const half = road / 2;
  const objects: SceneObject[] = [
    block(random() < 0.7 ? pavement(random) : grass(random), [300, 300, 0.2], [0, 0, -0.32]),
    block(pavement(random), [road, length * 1.6, 0.2], [0, 0, -0.2]),
  ];
  const targets: Vec3[] = [];
  const [curb, line] = [pavement(random), { ...plain(random), base: [0.75, 0.75, 0.72] as const }];
  for (let y = -length / 2; y < length / 2; y += 6) objects.push(block(line, [0.14, 2.6, 0.006], [0, y, 0]));
  const greens = random() < 0.4;
  for (const side of [-1, 1]) {
    const edge = side * (half + walkway / 2);
    objects.push(block(curb, [walkway, length * 1.6, 0.3], [edge, 0, -0.18]));
    const setback = greens ? uniform(random, 2, 9) : 0;
    for (let y = -length / 2; y < length / 2; ) {
      const wide = uniform(random, 7, 18);
      const front = side * (half + walkway + setback);
      if (random() < (greens ? 0.6 : 0.9)) objects.push(...house(random, side, [front, y, 0], wide));
      y += wide + (random() < 0.3 || greens ? uniform(random, 2, 8) : 0);
    }
    for (let y = -length / 2; y < length / 2; y += uniform(random, 4, 14)) {
      const at: Vec3 = [side * (half + uniform(random, 0.4, Math.max(0.5, walkway * 0.5))), y, 0.1];
      objects.push(...moved(thing(random), at, side * 1.57));
      targets.push([at[0], at[1], 1]);
    }
    for (let y = -length / 2; y < length / 2; y += uniform(random, 5.5, 18)) {
      if (random() < 0.6) objects.push(...moved(car(random), [side * (half - 1.1), y, 0], side > 0 ? 0 : Math.PI));
    }
  }
  if (random() < 0.5)
    objects.push(
      ...moved(car(random), [-half / 2, uniform(random, -0.2, 0.4) * length, 0], random() < 0.5 ? 0 : Math.PI),
    );
  const sky = randomSky(random);
  const height = random() < 0.6 ? 1.65 : uniform(random, 1.2, 2.2);
  const x = uniform(random, -0.4, 0.4) * road + (random() < 0.3 ? half + walkway / 2 : 0);
  const region: Region = {
    min: [-half - walkway + 0.3, -0.45 * length, 1.1],
    max: [half + walkway - 0.3, 0.45 * length, 2.2],
  };
  return {
    objects: [...objects, ...passersBy(random, { min: [-half, -15, 0], max: [half, 15, 0] }, 0.25)],
    lights: sunLight(random, sky),
    sky,
    ambient: 1,
    region,
    targets,
    walk: (walkRandom, count) =>
      walkRandom() < 0.7
        ? forward(walkRandom, [x, -0.5 * length, height], [x, 0.3 * length, height], count)
        : roam(
            walkRandom,
            { min: [region.min[0], -6, 1.1], max: [region.max[0], 6, 2] },
            targets.filter(([, y]) => Math.abs(y) < 25),
          ),
  };
}

/** A house at one side of a road: its front begins at `corner` and runs along y. */
function house(random: Random, side: number, corner: Vec3, wide: number): SceneObject[] {
  const height = logUniform(random, 3, 14);
  // Fronts are seen from their -y, and their x runs to the right.
  const placement: Placement =
    side < 0
      ? {
          axes: [
            [0, 1, 0],
            [-1, 0, 0],
            [0, 0, 1],
          ],
          origin: corner,
        }
      : {
          axes: [
            [0, -1, 0],
            [1, 0, 0],
            [0, 0, 1],
          ],
          origin: [corner[0], corner[1] + wide, corner[2]],
        };
  const body = masonry(random);
  const deep = 8;
  const at = placePoint(placement, [wide / 2, deep / 2 + 0.5, height / 2]);
  const roof = placePoint(placement, [wide / 2, deep / 2, height + 0.2]);
  return [
    ...facade(random, placement, wide, height),
    part(body, box([deep, wide - 0.02, height]), at),
    part(plain(random), box([deep + 1, wide + 0.2, 0.4]), roof),
  ];
}

/** What stands about outdoors: models of the size of cars, trees and people, and what is drawn. */
function standing(models: readonly Furnishing[]): (random: Random) => SceneObject[] {
  const large = models.filter((model) => model.height > 1.2 && extentOf(model) < 12);
  return (random) => (large.length > 0 && random() < 0.4 ? centered(pick(random, large)) : streetThing(random));
}

/** A tree, lamp post, sign, bin, hedge or somebody standing. */
export function streetThing(random: Random): SceneObject[] {
  const kind = random();
  if (kind < 0.4) {
    const size = uniform(random, 2.5, 7);
    return placeComposite(tree(random, { detail: 0.8, size }), upright([0, 0, 0], 0, size));
  }
  const post = metal(random);
  if (kind < 0.6) {
    const h = uniform(random, 3, 7);
    return [part(post, cylinder(0.06, h, 8), [0, 0, h / 2]), block(post, [0.16, 0.9, 0.1], [0, -0.4, h])];
  }
  if (kind < 0.72)
    return [
      part(post, cylinder(0.03, 2.4, 6), [0, 0, 1.2]),
      block(print(random, 0.6), [0.6, 0.03, 0.6], [0, -0.04, 1.9]),
    ];
  if (kind < 0.8) return [part(plain(random), frustum(0.22, 0.28, 0.9, 12), [0, 0, 0.45])];
  if (kind < 0.9) return [block(grass(random), [uniform(random, 1, 4), 0.7, uniform(random, 0.6, 1.6)], [0, 0, 0])];
  return person(random);
}

/** Monumental fronts around a place, with a portal, fountain or monument, seen from 3 to 40 m. */
export function squareLayout(random: Random, { models = [] }: LayoutOptions): SceneLayout {
  const thing = standing(models);
  const [width, depth] = [logUniform(random, 14, 50), logUniform(random, 14, 50)];
  const objects: SceneObject[] = [block(pavement(random), [220, 220, 0.2], [0, 0, -0.2])];
  const targets: Vec3[] = [];
  const height = uniform(random, 5, 16);
  const [stone, trim] = [masonry(random), random() < 0.5 ? paint(random) : masonry(random)];
  sides(width, depth).forEach(({ placement, length }, i) => {
    if (i > 0 && random() < 0.3) return;
    objects.push(
      ...facade(random, placement, length, height * uniform(random, 0.8, 1.1), random() < 0.7 ? stone : undefined),
    );
    const along = uniform(random, 0.25, 0.75) * length;
    targets.push(
      placePoint(placement, [along, 0, uniform(random, 1.5, 4)]),
      placePoint(placement, [uniform(random, 0.1, 0.9) * length, 0, 3]),
    );
    const relief = (size: Vec3, at: Vec3): void => {
      objects.push(...placeComposite([block(trim, size, at)], placement));
    };
    if (random() < 0.6) {
      const w = uniform(random, 2, 5);
      for (const s of [-1, 1]) relief([0.5, 0.6, 4], [along + (s * w) / 2, -0.5, 0]);
      relief([w + 1, 1.2, 0.6], [along, -0.6, 4]);
      relief([w + 2.4, 1.6, 0.3], [along, -0.9, 0]);
    }
    for (let x = 0; random() < 0.6 && x < length; x += uniform(random, 2.5, 7))
      relief([0.4, 0.25, height * 0.95], [x, -0.12, 0]);
  });
  const center: Vec3 = [uniform(random, -0.3, 0.3) * width, uniform(random, -0.1, 0.35) * depth, 0];
  objects.push(...moved(monument(random), center));
  targets.push([center[0], center[1], uniform(random, 0.8, 2)], [center[0], center[1], 1]);
  for (let i = randomInteger(random, 6); i > 0; i--) {
    const at: Vec3 = [uniform(random, -0.45, 0.45) * width, uniform(random, -0.45, 0.45) * depth, 0];
    objects.push(...moved(pick(random, [car, thing, person])(random), at, 2 * Math.PI * random()));
  }
  const sky = randomSky(random);
  const region: Region = {
    min: [1 - width / 2, 1 - depth / 2, 1.2],
    max: [width / 2 - 1, depth / 2 - 1, random() < 0.85 ? 1.9 : 6],
  };
  return {
    objects: [...objects, ...passersBy(random, region, 0.25)],
    lights: sunLight(random, sky),
    sky,
    ambient: 1,
    region,
    targets,
    walk: (walkRandom) => {
      const reach = Math.max(width, depth);
      const target = pick(walkRandom, targets);
      return walkRandom() < 0.6
        ? orbit(walkRandom, {
            target,
            size: logUniform(walkRandom, 2, 10),
            elevation: [-0.2, 0.2],
            distance: [2, reach],
            region,
          })
        : roam(walkRandom, region, targets);
    },
  };
}

/** A fountain, statue on a pedestal, flight of steps or tower of things. */
function monument(random: Random): SceneObject[] {
  const stone = masonry(random);
  const size = uniform(random, 1.2, 4);
  const base = [
    part(stone, frustum(0.6 * size, 0.5 * size, 0.5, 16), [0, 0, 0.25]),
    block(stone, [0.4 * size, 0.4 * size, size], [0, 0, 0.5]),
  ];
  const kind = random();
  if (kind < 0.4)
    return [
      ...base,
      ...placeComposite(randomComposite(random, { detail: 1, size }), upright([0, 0, 0.5 + size], 0, 0.9 * size)),
    ];
  if (kind < 0.7) return [...base, ...moved(person(random), [0, 0, 0.5 + size])];
  if (kind < 0.85)
    return [{ mesh: vessel(random, 1.2), material: stone, placement: upright([0, 0, size / 2], 0, size) }];
  return [
    { mesh: stairs(5), material: stone, placement: upright([0, 0, size / 3], 0, [size * 1.5, size * 2, size * 0.66]) },
  ];
}
